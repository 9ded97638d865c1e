/// Why the pool closes a connection.
public struct CloseReason: Sendable, Hashable, CustomStringConvertible {
    package let code: Code

    package enum Code: UInt8, CaseIterable, Sendable {
        case idle, lifetime, uses, resized, recycled, broken, discarded, validationFailed, prepareFailed
        case resetFailed, late, shutdown
    }

    package init(_ code: Code) { self.code = code }

    /// Idle for longer than `idleTimeout`.
    public static let idle = CloseReason(.idle)
    /// Older than `maxLifetime`.
    public static let lifetime = CloseReason(.lifetime)
    /// Lent `maxUses` times.
    public static let uses = CloseReason(.uses)
    /// `max` was lowered.
    public static let resized = CloseReason(.resized)
    /// ``Pool/recycle(_:)``, or a sibling's error said `.discardAll`.
    public static let recycled = CloseReason(.recycled)
    /// The driver found it broken, or it came back with its own error.
    public static let broken = CloseReason(.broken)
    /// The borrower discarded it.
    public static let discarded = CloseReason(.discarded)
    public static let validationFailed = CloseReason(.validationFailed)
    public static let prepareFailed = CloseReason(.prepareFailed)
    public static let resetFailed = CloseReason(.resetFailed)
    /// An operation that had been given up on ended after all.
    public static let late = CloseReason(.late)
    public static let shutdown = CloseReason(.shutdown)

    /// Every reason, in a fixed order.
    public static let all: [CloseReason] = Code.allCases.map(CloseReason.init)

    public var description: String { "\(code)" }
}
