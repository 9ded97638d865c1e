internal import CPoolingShims
internal import HeapModule

/// The one timer of the process: a thread that sleeps until the earliest deadline of any pool. It holds pools weakly,
/// and while no pool has a deadline it does not wake.
///
/// Sendable because everything that varies is touched only with `signal` locked.
final class ProcessTimer: @unchecked Sendable {
    static let shared = ProcessTimer()

    private struct Entry: Comparable {
        let deadline: MonotonicInstant
        weak var core: PoolCore?
        static func < (a: Entry, b: Entry) -> Bool { a.deadline < b.deadline }
        static func == (a: Entry, b: Entry) -> Bool { a.deadline == b.deadline }
    }

    private let signal = ThreadSignal()
    private var entries = Heap<Entry>()
    private var isRunning = false

    /// Calls ``PoolCore/timerFired(_:)`` when `deadline` has come. A pool that asks again for an earlier deadline gets
    /// both calls.
    func schedule(_ core: PoolCore, at deadline: MonotonicInstant) {
        signal.lock()
        let isEarliest = entries.min.map { deadline < $0.deadline } ?? true
        entries.insert(Entry(deadline: deadline, core: core))
        let starts = !isRunning
        isRunning = true
        signal.unlock()
        if starts {
            start()
        } else if isEarliest {
            signal.wakeOne()
        }
    }

    private func start() {
        let failure = pooling_thread_start("pool-timer", { _ in ProcessTimer.shared.run() }, nil)
        guard failure != 0 else { return }
        // The system has no thread to give at this moment. Pools do not ask again for what they have asked for, so this
        // does not wait for another deadline.
        Task.detached {
            try? await Task.sleep(for: .milliseconds(20))
            self.start()
        }
    }

    private func run() {
        signal.lock()
        while true {
            guard let first = entries.min else {
                signal.wait()
                continue
            }
            guard first.deadline <= .now else {
                signal.wait(until: first.deadline)
                continue
            }
            let due = entries.removeMin()
            signal.unlock()
            due.core?.timerFired(due.deadline)
            signal.lock()
        }
    }
}

extension MonotonicInstant {
    /// The exact time.
    package static var now: MonotonicInstant { MonotonicInstant(nanoseconds: pooling_clock_exact()) }
}
