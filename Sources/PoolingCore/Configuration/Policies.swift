/// When an idle connection is proved before it is lent.
public enum ValidationPolicy: Sendable, Hashable {
    case never
    case always
    /// If it was last used (or proved) longer ago than this.
    case afterIdle(Duration)
}

/// Which idle connection is lent first.
public enum IdleOrder: Sendable, Hashable {
    /// Warm ones first; the others age and are reaped.
    case mostRecentlyUsed
    /// Spread evenly. Such loans go by the pool's lock.
    case leastRecentlyUsed
}

/// What acquires meet once connects have failed for a while and nothing is open.
public enum OutagePolicy: Sendable, Hashable {
    /// After this long, acquires fail at once with the cause, until a probe succeeds. nil: after `acquireTimeout`.
    case failAfter(Duration?)
    /// Each waits for its own timeout.
    case wait
}

/// What happens when a task that holds a loan of a pool would have to wait for another of the same pool (F52).
public enum NestedAcquirePolicy: Sendable, Hashable {
    /// It fails at once if every loan is held by a task that waits like it.
    case failOnDeadlock
    /// The same, and a loan also waits while a child task of its `body` does. Costs a task-local binding a loan. An
    /// unstructured `Task` that is started in `body` counts as its child, too, since it inherits what children do: where
    /// such tasks outlive `body`, use ``failOnDeadlock``.
    case failOnDeadlockInChildTasks
    /// It waits.
    case allow
}

/// What acquires do while the pool is suspended.
public enum SuspensionPolicy: Sendable, Hashable {
    /// They wait for `resume()`, within their own timeout.
    case wait
    /// They fail at once with `.suspended`.
    case fail
}

/// The order in which waiters are served; first come, first served within one priority.
public struct WaiterPriority: Sendable, Hashable, Comparable {
    package let level: UInt8
    package init(level: UInt8) { self.level = level }
    public static let low = WaiterPriority(level: 2)
    public static let normal = WaiterPriority(level: 1)
    public static let high = WaiterPriority(level: 0)
    public static func < (a: WaiterPriority, b: WaiterPriority) -> Bool { a.level > b.level }
}

/// Which connections ``Pool/recycle(_:)`` replaces.
public enum RecycleScope: Sendable, Hashable {
    /// Those that are idle now.
    case idle
    /// All: idle ones now, those on loan when they come back.
    case all
    case connection(ConnectionID)
}

/// How attempts to connect are spaced while they fail: before attempt n, a random pause of up to
/// `initial × multiplierⁿ⁻¹`, capped ("full jitter", F56).
public struct Backoff: Sendable, Hashable {
    public var initial: Duration
    public var multiplier: Double
    public var cap: Duration

    public init(initial: Duration = .milliseconds(50), multiplier: Double = 2, cap: Duration = .seconds(10)) {
        self.initial = initial
        self.multiplier = multiplier
        self.cap = cap
    }
}
