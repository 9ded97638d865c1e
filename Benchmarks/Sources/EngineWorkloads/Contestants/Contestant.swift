/// Something that lends connections, or does as if. The loops stand in the contestants, so that what is measured is a
/// user's loop and no call around it.
protocol Contestant: Sendable {
    /// Acquires and releases `count` times, with nothing in between.
    nonisolated(nonsending) func emptyCycles(_ count: Int) async throws
    /// The same, with one `Task.yield()` in between.
    nonisolated(nonsending) func yieldingCycles(_ count: Int) async throws
    /// The same, and tells `witness` of each cycle.
    nonisolated(nonsending) func yieldingCycles(_ count: Int, seenBy witness: Witness) async throws
}
