/// The optional methods of a ``PoolDriver`` that the pool has to call.
public struct DriverHooks: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// ``PoolDriver/reclaim(_:loan:)`` at the end of each loan. (``PoolDriver/lend(_:loan:)`` is always called.)
    public static let reclaim = DriverHooks(rawValue: 1 << 0)
    /// ``PoolDriver/condition(of:)`` on every return and before every loan.
    public static let condition = DriverHooks(rawValue: 1 << 1)
    /// ``PoolDriver/prepare(_:context:)`` before every loan. Such loans go by the pool's lock.
    public static let prepare = DriverHooks(rawValue: 1 << 2)
    /// ``PoolDriver/reset(_:)`` for connections that come back `.dirty`. Without it they are closed.
    public static let reset = DriverHooks(rawValue: 1 << 3)
    /// ``PoolDriver/verdict(on:)`` for errors that leave the body.
    public static let verdict = DriverHooks(rawValue: 1 << 4)

    public static let all: DriverHooks = [.reclaim, .condition, .prepare, .reset, .verdict]
}
