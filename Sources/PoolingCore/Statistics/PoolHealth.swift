/// Whether a pool can lend. Reading it takes no connection (F59).
public enum PoolHealth: Sendable, CustomStringConvertible {
    /// Connections can be had.
    case ready
    /// It works, but not as it should; the cause says why.
    case degraded(String)
    /// An acquire would not be served now.
    case down(String)

    public var description: String {
        switch self {
        case .ready: "ready"
        case .degraded(let cause): "degraded: \(cause)"
        case .down(let cause): "down: \(cause)"
        }
    }
}

/// What a shutdown had to do.
public struct ShutdownReport: Sendable, Hashable {
    /// Acquires that were waiting and were refused.
    public package(set) var waitersRefused = 0
    /// Connects in flight that were cancelled.
    public package(set) var connectsCancelled = 0
    /// Connections closed in an orderly way.
    public package(set) var closed = 0
    /// Loans that had not ended at the deadline; their connections were closed under them.
    public package(set) var loansForced = 0
    /// Driver operations that had not ended when the shutdown did.
    public package(set) var abandoned = 0
    /// How long it took.
    public package(set) var duration: Duration = .zero

    /// Nothing had to be forced.
    public var isClean: Bool { loansForced == 0 && abandoned == 0 }

    public init() {}
}
