/// What a pool is doing and has done.
///
/// Gauges: each connection is counted exactly once, so `total == idle + leased + connecting + checking + resetting +
/// closing` always holds. Counters never go back. A snapshot is taken in one pass over the connections and stops
/// nobody: loans of the fast path that begin or end during the pass may be seen on either side of it.
public struct PoolStatistics: Sendable, Hashable {
    // MARK: Gauges

    /// Ready to be lent.
    public package(set) var idle = 0
    /// On loan.
    public package(set) var leased = 0
    /// Being opened.
    public package(set) var connecting = 0
    /// Being validated or prepared.
    public package(set) var checking = 0
    /// Being reset after a loan.
    public package(set) var resetting = 0
    /// Being closed.
    public package(set) var closing = 0
    /// All of the above; never more than `max`, except while `max` is being lowered under loans.
    public var total: Int { idle + leased + connecting + checking + resetting + closing }
    /// Acquires that wait.
    public package(set) var waiting = 0
    /// Driver operations that ignored their deadline and still run; not part of `total`.
    public package(set) var abandoned = 0
    public package(set) var min = 0
    public package(set) var max = 0
    /// How often all connections were declared stale (`recycle(.all)`, or an error that said `.discardAll`).
    public package(set) var generation: UInt64 = 0

    // MARK: Counters

    /// Loans given.
    public package(set) var acquired: UInt64 = 0
    /// Those of them that did not wait.
    public package(set) var acquiredImmediately: UInt64 = 0
    /// Loans that have ended, however.
    public package(set) var released: UInt64 = 0
    /// Connections that were meant for a borrower and came back before it had them, because they proved unfit (another was
    /// lent in their place) or the task was cancelled in that moment. Not in `acquired`.
    public package(set) var unused: UInt64 = 0
    /// Acquires that ran into their timeout.
    public package(set) var timedOut: UInt64 = 0
    /// Acquires whose task was cancelled while they waited.
    public package(set) var cancelled: UInt64 = 0
    /// Acquires refused: queue full, suspended, outage, nested acquire, shut down, or by the driver's `prepare`.
    public package(set) var rejected: UInt64 = 0
    /// Connects that succeeded.
    public package(set) var connected: UInt64 = 0
    /// Connects that failed or timed out.
    public package(set) var connectFailed: UInt64 = 0
    public package(set) var validationFailed: UInt64 = 0
    /// Connections reset after a loan, successfully.
    public package(set) var resets: UInt64 = 0
    /// Connections taken out of the pool by `detach()`.
    public package(set) var detached: UInt64 = 0
    /// Loans that were reported as leaks.
    public package(set) var leaked: UInt64 = 0
    package var closedByReason = Self.noneClosed

    // MARK: Durations

    /// How long acquires that waited and were served had waited, exact; those that were cancelled as they were served, too.
    public package(set) var waitTime = DurationHistogram()
    /// How long connections were on loan, by a clock that ticks every few milliseconds.
    public package(set) var useTime = DurationHistogram()

    public init() {}

    /// Shared by all in which nothing was closed.
    private static let noneClosed = [UInt64](repeating: 0, count: CloseReason.Code.allCases.count)

    /// Connections closed for `reason`.
    public func closed(_ reason: CloseReason) -> UInt64 { closedByReason[Int(reason.code.rawValue)] }
    /// Connections closed, for whatever reason.
    public var closed: UInt64 { closedByReason.reduce(0, &+) }
}
