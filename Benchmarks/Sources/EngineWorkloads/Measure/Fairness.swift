internal import Synchronization

/// How evenly a workload's tasks were served.
struct Fairness {
    /// The lowest count of cycles at the moment the first task had done all of its own.
    var slowestAtFirstFinish: Int
    var p50: Duration
    var p99: Duration
    var longest: Duration

    static func measure(_ workload: Workload, of contestant: some Contestant) async throws -> Fairness {
        let barrier = StartBarrier(parties: workload.tasks)
        let race = Race(
            witnesses: (0..<workload.tasks).map { _ in Witness(cycles: workload.cycles) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for witness in race.witnesses {
                group.addTask {
                    await barrier.arrive()
                    try await contestant.yieldingCycles(workload.cycles, seenBy: witness)
                    race.finished()
                }
            }
            try await group.waitForAll()
        }
        let waits = race.witnesses.flatMap(\.waits).sorted()
        return Fairness(
            slowestAtFirstFinish: race.slowestAtFirstFinish.load(ordering: .relaxed), p50: waits[waits.count / 2],
            p99: waits[waits.count * 99 / 100], longest: waits[waits.count - 1])
    }
}

/// The first task to finish looks how far the others are, at once: whoever waited for it would come too late.
private final class Race: Sendable {
    let witnesses: [Witness]
    let slowestAtFirstFinish = Atomic<Int>(-1)
    private let isOver = Atomic<Bool>(false)

    init(witnesses: [Witness]) { self.witnesses = witnesses }

    func finished() {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        let slowest = witnesses.map { $0.done.load(ordering: .relaxed) }.min() ?? 0
        slowestAtFirstFinish.store(slowest, ordering: .relaxed)
    }
}
