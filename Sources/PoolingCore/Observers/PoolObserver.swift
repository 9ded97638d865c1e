/// Sees what a pool does: metrics, logs, traces and leak reports are observers.
public protocol PoolObserver: Sendable {
    /// What it wants to be told of. Asked once for each pool, when the pool is made. Default: everything.
    ///
    /// An observer that does without ``PoolEventKinds/loans`` costs nothing when a connection is lent that is there at
    /// once, which is the only thing that a pool does millions of times a second.
    var interests: PoolEventKinds { get }

    /// Who observes this pool. Asked once for each pool, when it is made. Default: this observer itself, for all pools.
    ///
    /// An observer that keeps something for each pool answers with an object that has it: it is found without a look-up,
    /// and goes when the pool goes.
    func observer(of pool: PoolIdentity) -> any PoolObserver

    /// Once for each pool, before its first event: for those who ask it for its statistics. Default: does nothing.
    ///
    /// Runs outside of every lock, on whoever makes the pool. A pool may never start (a ``PoolRegistry`` that is asked for
    /// a pool by several tasks at once may make one too many); it goes without an event then.
    func attached(to pool: ObservedPool)

    /// Runs on whatever caused the event, outside of every lock: be quick. What an acquire comes to is told in the context
    /// (`ServiceContext.current`) of the task that acquires.
    func observe(_ event: PoolEvent, in pool: PoolIdentity)
}

extension PoolObserver {
    public var interests: PoolEventKinds { .all }
    public func observer(of pool: PoolIdentity) -> any PoolObserver { self }
    public func attached(to pool: ObservedPool) {}
}

/// A pool to be looked at. Does not keep it: who holds this holds nothing.
public struct ObservedPool: Sendable {
    public let identity: PoolIdentity
    private weak var core: PoolCore?

    init(_ core: PoolCore) {
        identity = core.identity
        self.core = core
    }

    /// nil once the pool has gone, and what it had open has been closed. O(connections).
    public var statistics: PoolStatistics? { core?.statistics }
    /// nil once the pool has gone, and what it had open has been closed.
    public var configuration: PoolConfiguration? { core?.configuration }
    /// nil once the pool has gone, and what it had open has been closed.
    public var health: PoolHealth? { core?.health }
}

/// Which events there are, by how often they happen.
public struct PoolEventKinds: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A loan that was there at once, and the end of each loan. Two for each loan: these are what the checkout path pays.
    public static let loans = PoolEventKinds(rawValue: 1)
    /// Acquires that wait, and what they come to: a loan, a timeout, a cancellation; and acquires that are refused.
    public static let acquires = PoolEventKinds(rawValue: 2)
    /// What happens to connections between two loans: opened, proved, reset, prepared, closed, given up on.
    public static let connections = PoolEventKinds(rawValue: 4)
    /// The pool as a whole: leaks, sizes, suspension, outages, its end.
    public static let pool = PoolEventKinds(rawValue: 8)

    public static let all: PoolEventKinds = [.loans, .acquires, .connections, .pool]
}

extension PoolEvent {
    /// The one kind that it is of.
    public var kind: PoolEventKinds {
        switch self {
        case .released: .loans
        case .acquireGranted(_, let waited): waited > .zero ? .acquires : .loans
        case .acquireWaited, .acquireTimedOut, .acquireCancelled, .acquireRejected: .acquires
        case .connectStarted, .connectSucceeded, .connectFailed, .validated, .validationFailed, .reset, .resetFailed,
            .prepareFailed, .closed, .detached, .abandoned:
            .connections
        case .leakSuspected, .resized, .suspended, .resumed, .outageBegan, .outageEnded, .shutdownBegan, .shutdownEnded,
            .dropped:
            .pool
        }
    }
}
