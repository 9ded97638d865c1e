internal import Synchronization

/// The optional methods of a ``PoolDriver`` that the pool has to call.
public struct DriverHooks: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// ``PoolDriver/lend(_:loan:)`` makes more of a connection than the connection itself, and
    /// ``PoolDriver/reclaim(_:loan:)`` ends that.
    @inlinable public static var lend: DriverHooks { DriverHooks(rawValue: 1 << 0) }
    /// ``PoolDriver/condition(of:)`` on every return and before every loan.
    @inlinable public static var condition: DriverHooks { DriverHooks(rawValue: 1 << 1) }
    /// ``PoolDriver/prepare(_:context:)`` before every loan. Such loans go by the pool's lock.
    @inlinable public static var prepare: DriverHooks { DriverHooks(rawValue: 1 << 2) }
    /// ``PoolDriver/reset(_:)`` for connections that come back `.dirty`. Without it they are closed.
    @inlinable public static var reset: DriverHooks { DriverHooks(rawValue: 1 << 3) }
    /// ``PoolDriver/verdict(on:)`` for errors that leave the body.
    @inlinable public static var verdict: DriverHooks { DriverHooks(rawValue: 1 << 4) }

    public static var all: DriverHooks { [.lend, .condition, .prepare, .reset, .verdict] }

    /// The driver did not say. All are called, until its `prepare` turns out to be the default one.
    package static var undeclared: DriverHooks { DriverHooks(rawValue: 1 << 7) }
}

/// The driver types that were seen to use the default `prepare`. The default implementation names its own type, so a
/// driver that wraps another and forwards to it is not taken for one.
enum DefaultPrepare {
    private static let seen = Mutex<Set<ObjectIdentifier>>([])

    static func note(_ driver: any PoolDriver.Type) {
        _ = seen.withLock { $0.insert(ObjectIdentifier(driver)) }
    }

    static func isUsed(by driver: any PoolDriver.Type) -> Bool {
        seen.withLock { $0.contains(ObjectIdentifier(driver)) }
    }
}
