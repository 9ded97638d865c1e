/// One run of one workload.
enum Run {
    /// - Returns: nanoseconds per operation of all tasks together.
    static func nanoseconds(
        _ workload: Workload, of contestant: some Contestant
    ) async throws -> Double {
        let barrier = StartBarrier(parties: workload.tasks)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workload.tasks {
                group.addTask {
                    await barrier.arrive()
                    if workload.yields {
                        try await contestant.yieldingCycles(workload.cycles)
                    } else {
                        try await contestant.emptyCycles(workload.cycles)
                    }
                }
            }
            try await group.waitForAll()
        }
        return (.now - barrier.opened) / .nanoseconds(workload.operations)
    }
}
