/// The loop alone: what a yield costs with so many tasks.
struct NoPool: Contestant {
    nonisolated(nonsending) func emptyCycles(_ count: Int) async throws {}

    nonisolated(nonsending) func yieldingCycles(_ count: Int) async throws {
        for _ in 0..<count { await Task.yield() }
    }

    nonisolated(nonsending) func yieldingCycles(_ count: Int, seenBy witness: Witness) async throws {
        for _ in 0..<count {
            witness.asks()
            witness.isGranted()
            await Task.yield()
            witness.isDone()
        }
    }
}
