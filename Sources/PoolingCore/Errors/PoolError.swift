/// Why a pool could not do what it was asked. The description is a sentence that a person can act on (F69).
public struct PoolError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        package enum Kind: String, Sendable {
            case acquireTimedOut, connectFailed, queueFull, nestedAcquireWouldDeadlock, suspended, shutDown, loanEnded
            case concurrentUse, refusedByDriver
        }
        package let kind: Kind
        package init(_ kind: Kind) { self.kind = kind }

        /// No connection came within the acquire's timeout.
        public static let acquireTimedOut = Code(.acquireTimedOut)
        /// Connections can't be opened, and none is open.
        public static let connectFailed = Code(.connectFailed)
        /// `maxWaiters` others wait already.
        public static let queueFull = Code(.queueFull)
        /// The task holds a connection of this pool, and everybody who holds one waits for another.
        public static let nestedAcquireWouldDeadlock = Code(.nestedAcquireWouldDeadlock)
        /// The pool is suspended and configured to fail rather than wait.
        public static let suspended = Code(.suspended)
        /// The pool has been shut down.
        public static let shutDown = Code(.shutDown)
        /// A handle was used after its loan had ended.
        public static let loanEnded = Code(.loanEnded)
        /// A handle was used by two tasks at once.
        public static let concurrentUse = Code(.concurrentUse)

        /// ``PoolDriver/prepare(_:context:)`` threw a ``LoanRefusal``. Observers are told so; the acquire itself throws the
        /// refusal's cause.
        public static let refusedByDriver = Code(.refusedByDriver)

        public var description: String { kind.rawValue }
    }

    /// Somebody who held a connection when the error arose.
    public struct Holder: Sendable, Hashable {
        public var connection: ConnectionID
        /// How long it had been held.
        public var age: Duration
        /// Where it was asked for; nil if that is not known.
        public var site: LoanSite?
    }

    public var code: Code
    /// The pool's name; empty where the error comes from a handle.
    public var pool: String
    /// How long the acquire had waited.
    public var waited: Duration
    /// The pool at that moment.
    public var statistics: PoolStatistics?
    /// The pool was suspended at that moment.
    public var isSuspended: Bool
    /// The last error of a connect, if connects fail at present.
    public var lastConnectError: (any Error)?
    /// Who held connections, oldest first; a few at most.
    public var holders: [Holder]

    public init(
        _ code: Code, pool: String = "", waited: Duration = .zero, statistics: PoolStatistics? = nil,
        isSuspended: Bool = false,
        lastConnectError: (any Error)? = nil, holders: [Holder] = []
    ) {
        self.code = code
        self.pool = pool
        self.waited = waited
        self.statistics = statistics
        self.isSuspended = isSuspended
        self.lastConnectError = lastConnectError
        self.holders = holders
    }
}
