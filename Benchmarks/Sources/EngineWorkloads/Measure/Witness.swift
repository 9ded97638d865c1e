internal import Synchronization

/// One task's cycles: how many are done, and how long each was waited for. Only its own task writes; others read `done`.
final class Witness: @unchecked Sendable {
    // Sound: `asked` and `waits` are the task's alone until it has ended, `done` is atomic.
    let done = Atomic<Int>(0)
    private(set) var waits: [Duration] = []
    private var asked = ContinuousClock.now

    init(cycles: Int) { waits.reserveCapacity(cycles) }

    func asks() { asked = .now }
    func isGranted() { waits.append(.now - asked) }
    func isDone() { done.store(done.load(ordering: .relaxed) + 1, ordering: .relaxed) }
}
