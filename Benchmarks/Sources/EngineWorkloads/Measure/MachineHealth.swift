internal import CEngineProbe

/// What one thread waits for another's write, which is what two threads on one pool share. On a machine that is a part
/// of a larger one this changes from minute to minute with where its processors happen to be.
struct MachineHealth {
    /// Round trips of a cache line, nanoseconds; nil if it can't be told.
    var pinned: Double?
    var unpinned: Double?

    /// A line that takes longer says more about the machine than about the pool.
    static let limit = 240.0

    static func now() -> MachineHealth {
        MachineHealth(pinned: trip(pinned: true), unpinned: trip(pinned: false))
    }

    /// Unknown is not ill.
    var isWell: Bool { [pinned, unpinned].allSatisfy { ($0 ?? 0) <= Self.limit } }

    private static func trip(pinned: Bool) -> Double? {
        // Both together shorter than the time after which an idle connection has to be proved: a probe between two runs
        // must not be an idle spell for the pool.
        let nanoseconds = probe_line_round_trip(pinned, 100_000_000)
        return nanoseconds < 0 ? nil : nanoseconds
    }
}
