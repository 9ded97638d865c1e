/// A validated ``PoolConfiguration`` in the machine's units, with what the driver's hooks add to it.
package struct Settings: Sendable {
    package var min: Int
    package var max: Int
    package var minIdle: Int
    package var acquireTimeout: Int64
    package var connectTimeout: Int64
    package var validationTimeout: Int64
    package var resetTimeout: Int64
    package var closeTimeout: Int64
    package var validation: Validation
    package var validatesOnReturn: Bool
    package var idleTimeout: Int64
    package var maxLifetime: Int64
    package var lifetimeJitter: Double
    package var maxUses: Int
    package var keepAliveInterval: Int64
    package var leastRecentlyUsedFirst: Bool
    package var maxWaiters: Int
    package var maxConcurrentConnects: Int
    package var backoff: Backoff
    /// Nanoseconds of failing after which acquires fail at once; nil: never.
    package var failAfter: Int64?
    package var failsWhenSuspended: Bool
    /// Loans older than this are reported; `.max`: none is.
    package var leakThreshold: Int64
    package var detectsNesting: Bool
    package var followsChildTasks: Bool
    package var prepares: Bool
    package var resets: Bool
    /// Whether connections may be borrowed without the machine: nothing must happen before or after each loan that
    /// only the machine can do.
    package let delegates: Bool

    package enum Validation: Sendable, Hashable {
        case never, always
        case afterIdle(Int64)
    }

    package init(_ configuration: PoolConfiguration, hooks: DriverHooks) {
        let c = configuration
        min = c.min
        max = c.max
        minIdle = c.minIdle
        acquireTimeout = c.acquireTimeout.inNanoseconds
        connectTimeout = c.connectTimeout.inNanoseconds
        validationTimeout = c.validationTimeout.inNanoseconds
        resetTimeout = c.resetTimeout.inNanoseconds
        closeTimeout = c.closeTimeout.inNanoseconds
        validation =
            switch c.validation {
            case .never: .never
            case .always: .always
            case .afterIdle(let idle): .afterIdle(idle.inNanoseconds)
            }
        validatesOnReturn = c.validatesOnReturn
        idleTimeout = c.idleTimeout?.inNanoseconds ?? .max
        maxLifetime = c.maxLifetime?.inNanoseconds ?? .max
        lifetimeJitter = c.lifetimeJitter
        maxUses = c.maxUses ?? .max
        keepAliveInterval = c.keepAliveInterval?.inNanoseconds ?? .max
        leastRecentlyUsedFirst = c.idleOrder == .leastRecentlyUsed
        maxWaiters = c.maxWaiters ?? .max
        maxConcurrentConnects = c.maxConcurrentConnects
        backoff = c.backoff
        failAfter =
            switch c.outagePolicy {
            case .failAfter(let span): (span ?? c.acquireTimeout).inNanoseconds
            case .wait: nil
            }
        failsWhenSuspended = c.suspensionPolicy == .fail
        leakThreshold = c.leakThreshold?.inNanoseconds ?? .max
        detectsNesting = c.nestedAcquire != .allow
        followsChildTasks = c.nestedAcquire == .failOnDeadlockInChildTasks
        prepares = hooks.contains(.prepare)
        resets = hooks.contains(.reset)
        delegates =
            validation != .always && !validatesOnReturn && maxUses == .max && !leastRecentlyUsedFirst && !prepares
    }

}
