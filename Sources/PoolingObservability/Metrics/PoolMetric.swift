/// A metric that a ``MetricsObserver`` reports: what a backend has to say about it beside its values.
///
/// The names that begin with `db.client.connection` are OpenTelemetry's for pools of database clients; the others are
/// ours. swift-metrics carries names and attributes only: a backend that shows units and descriptions finds them here.
public struct PoolMetric: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// A number of this moment, set by ``MetricsObserver/refresh()``.
        case gauge
        /// Never goes back.
        case counter
        /// Durations, through a `Timer` of swift-metrics.
        case histogram
    }

    public let name: String
    public let kind: Kind
    /// In the notation of UCUM, as OpenTelemetry has it: `s`, or what is counted in braces.
    public let unit: String
    /// One sentence.
    public let help: String

    private init(_ name: String, _ kind: Kind, _ unit: String, _ help: String) {
        (self.name, self.kind, self.unit, self.help) = (name, kind, unit, help)
    }

    // MARK: OpenTelemetry's

    public static let count = PoolMetric(
        "db.client.connection.count", .gauge, "{connection}", "Connections of the pool, by what they are doing.")
    public static let idleMax = PoolMetric(
        "db.client.connection.idle.max", .gauge, "{connection}", "How many connections may be idle: all of max.")
    public static let idleMin = PoolMetric(
        "db.client.connection.idle.min", .gauge, "{connection}",
        "How many connections are kept though nobody uses them.")
    public static let max = PoolMetric(
        "db.client.connection.max", .gauge, "{connection}", "How many connections there may be.")
    public static let pendingRequests = PoolMetric(
        "db.client.connection.pending_requests", .gauge, "{request}", "Acquires that wait for a connection.")
    public static let timeouts = PoolMetric(
        "db.client.connection.timeouts", .counter, "{timeout}", "Acquires that ran into their timeout.")
    public static let createTime = PoolMetric(
        "db.client.connection.create_time", .histogram, "s", "How long connects took that succeeded.")
    public static let waitTime = PoolMetric(
        "db.client.connection.wait_time", .histogram, "s", "How long borrowers waited for the connection they got.")
    public static let useTime = PoolMetric(
        "db.client.connection.use_time", .histogram, "s", "How long connections were on loan.")

    // MARK: Ours

    public static let acquires = PoolMetric(
        "pooling.acquires", .counter, "{acquire}", "Acquires that have ended, by what they came to.")
    public static let abandoned = PoolMetric(
        "pooling.connection.abandoned", .gauge, "{connection}",
        "Driver calls that ignored their deadline and still run, outside of max.")
    public static let closed = PoolMetric(
        "pooling.connection.closed", .counter, "{connection}", "Connections closed, by the reason.")
    public static let connectFailures = PoolMetric(
        "pooling.connection.connect_failures", .counter, "{connect}", "Connects that failed or timed out.")
    public static let validationFailures = PoolMetric(
        "pooling.connection.validation_failures", .counter, "{connection}",
        "Connections that did not stand their check.")
    public static let leaks = PoolMetric(
        "pooling.leaks", .counter, "{loan}", "Loans that were held for longer than leakThreshold.")
    public static let recycles = PoolMetric(
        "pooling.recycles", .counter, "{recycle}", "How often all connections were declared stale.")

    public static let all = [
        count, idleMax, idleMin, max, pendingRequests, timeouts, createTime, waitTime, useTime, acquires, abandoned,
        closed,
        connectFailures, validationFailures, leaks, recycles,
    ]

    // MARK: Attributes

    /// The pool's name, on every metric unless the observer was told otherwise.
    public static let poolNameAttribute = "db.client.connection.pool.name"
    /// On ``count``: OpenTelemetry's `idle` and `used`, and ours for those that are neither: `connecting`, `checking`,
    /// `resetting`, `closing`.
    public static let stateAttribute = "db.client.connection.state"
    /// On ``acquires``: `immediate`, `waited`, `timed_out`, `cancelled`, or the code of the ``PoolError`` that refused it.
    public static let outcomeAttribute = "pooling.acquire.outcome"
    /// On ``closed``: a ``CloseReason``.
    public static let reasonAttribute = "pooling.close.reason"
}
