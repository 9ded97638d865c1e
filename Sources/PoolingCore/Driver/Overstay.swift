internal import Synchronization

/// An operation that still ran when its loan ended, and whoever waits for it in order to close the connection (F61).
///
/// A driver's connection class keeps one beside its ``LoanGate``, which tells it: ``began()`` whenever ``LoanGate/close()``
/// or ``LoanGate/closeForGood()`` returns false, ``ended()`` when ``LoanGate/leave(_:)`` does. What the operation uses, a
/// descriptor above all, may be freed once ``end()`` has returned.
///
/// Without such an operation, which is the rule, this costs one relaxed load where a connection's condition is read.
public struct Overstay: ~Copyable, Sendable {
    // Not private: Swift 6.3 fails to compile that under a sanitizer ("Global is external").
    enum State {
        case none, running, over
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.none)
    private let flag = Atomic<Bool>(false)

    public init() {}

    /// There is or was one: its answer may still arrive, and the connection must not be used again. One relaxed load.
    public var isKnown: Bool { flag.load(ordering: .relaxed) }

    /// The gate was shut while an operation was inside. Telling it twice does no harm.
    public func began() {
        flag.store(true, ordering: .relaxed)
        state.withLock { if case .none = $0 { $0 = .running } }
    }

    /// The operation is over, perhaps before ``began()`` was told: both are told exactly once.
    public func ended() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .over }
            if case .awaited(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Returns when no operation runs any more; at once if none overstayed. For one caller: a driver's `close`.
    ///
    /// It waits for as long as the operation does, whatever is cancelled: whoever closes makes it end first, by
    /// ``EventSocket/interrupt()`` for example.
    public nonisolated(nonsending) func end() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state -> Bool in
                guard case .running = state else { return true }
                state = .awaited(waiter)
                return false
            }
            if isOver { waiter.resume() }
        }
    }
}
