internal import CEngineProbe

/// Calls for memory, counted.
enum Allocations {
    /// What making and ending the tasks takes cancels out: the difference of a long and a short run, per cycle.
    /// - Returns: nil where they can't be counted.
    static func perCycle(_ workload: Workload, of contestant: some Contestant) async throws -> Double? {
        let more = max(workload.cycles / 10, 20)
        let short = try await count(workload, more, of: contestant)
        let long = try await count(workload, 2 * more, of: contestant)
        guard let short, let long else { return nil }
        return Double(long - short) / Double(more * workload.tasks)
    }

    private static func count(_ workload: Workload, _ cycles: Int, of contestant: some Contestant) async throws
        -> Int64?
    {
        var workload = workload
        workload.cycles = cycles
        _ = try await Run.nanoseconds(workload, of: contestant)
        probe_allocations_begin()
        _ = try await Run.nanoseconds(workload, of: contestant)
        let calls = probe_allocations_end()
        return calls < 0 ? nil : calls
    }
}
