/// How a pool behaves. Every field can be set by name, and changed later through ``Pool/apply(_:)``.
///
/// A contradiction (`min` above `max`, a timeout of zero …) is refused with a ``PoolConfigurationError`` by whatever
/// takes the configuration; nothing is corrected silently (F68). No setting means "for ever".
public struct PoolConfiguration: Sendable, Hashable {
    /// Connections kept open, in use or idle; made in the background from the start, remade after loss, never reaped.
    public var min: Int
    /// Never exceeded, counting connects in flight, loans and connections still closing.
    public var max: Int
    /// Spare idle connections kept ready on top of those in use, within `max`; restored at the next slow event or sweep.
    public var minIdle: Int
    /// Bounds a whole acquire: queue, connect, validate, prepare.
    public var acquireTimeout: Duration
    /// One connect attempt, everything included.
    public var connectTimeout: Duration
    public var validationTimeout: Duration
    public var resetTimeout: Duration
    public var closeTimeout: Duration
    /// When a connection is proved before a loan. A failed check is invisible to the borrower.
    public var validation: ValidationPolicy
    /// Proves connections on their return, too.
    public var validatesOnReturn: Bool
    /// Idle connections beyond `min` and `minIdle` are closed after this long. nil: never.
    public var idleTimeout: Duration?
    /// Connections are replaced at this age, when idle or at their return; where many are due together, a fifth of the
    /// pool in a second (F57). nil: never.
    public var maxLifetime: Duration?
    /// A connection's lifetime is `maxLifetime` less a random share of up to this much (0…1), so that connections
    /// made together do not expire together (F57).
    public var lifetimeJitter: Double
    /// A connection is replaced after this many loans. nil: never.
    public var maxUses: Int?
    /// An idle connection is validated this often. nil: never.
    public var keepAliveInterval: Duration?
    public var idleOrder: IdleOrder
    /// With this many waiting, one more fails at once with `.queueFull`. nil: no limit.
    public var maxWaiters: Int?
    public var maxConcurrentConnects: Int
    public var backoff: Backoff
    public var outagePolicy: OutagePolicy
    public var suspensionPolicy: SuspensionPolicy
    /// A loan held for longer is reported once, with its age and where it was asked for (F50). nil: none is. With it, a
    /// pool that is in use wakes up once in this time; one without loans does not.
    public var leakThreshold: Duration?
    public var nestedAcquire: NestedAcquirePolicy

    public init(
        min: Int = 0,
        max: Int = 10,
        minIdle: Int = 0,
        acquireTimeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        validationTimeout: Duration = .seconds(1),
        resetTimeout: Duration = .seconds(5),
        closeTimeout: Duration = .seconds(5),
        validation: ValidationPolicy = .afterIdle(.milliseconds(500)),
        validatesOnReturn: Bool = false,
        idleTimeout: Duration? = .seconds(600),
        maxLifetime: Duration? = .seconds(1800),
        lifetimeJitter: Double = 0.1,
        maxUses: Int? = nil,
        keepAliveInterval: Duration? = .seconds(120),
        idleOrder: IdleOrder = .mostRecentlyUsed,
        maxWaiters: Int? = nil,
        maxConcurrentConnects: Int = 4,
        backoff: Backoff = .init(),
        outagePolicy: OutagePolicy = .failAfter(nil),
        suspensionPolicy: SuspensionPolicy = .wait,
        leakThreshold: Duration? = nil,
        nestedAcquire: NestedAcquirePolicy = .failOnDeadlock
    ) {
        self.min = min
        self.max = max
        self.minIdle = minIdle
        self.acquireTimeout = acquireTimeout
        self.connectTimeout = connectTimeout
        self.validationTimeout = validationTimeout
        self.resetTimeout = resetTimeout
        self.closeTimeout = closeTimeout
        self.validation = validation
        self.validatesOnReturn = validatesOnReturn
        self.idleTimeout = idleTimeout
        self.maxLifetime = maxLifetime
        self.lifetimeJitter = lifetimeJitter
        self.maxUses = maxUses
        self.keepAliveInterval = keepAliveInterval
        self.idleOrder = idleOrder
        self.maxWaiters = maxWaiters
        self.maxConcurrentConnects = maxConcurrentConnects
        self.backoff = backoff
        self.outagePolicy = outagePolicy
        self.suspensionPolicy = suspensionPolicy
        self.leakThreshold = leakThreshold
        self.nestedAcquire = nestedAcquire
    }
}
