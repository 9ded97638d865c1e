/// What a ``Forecast`` found. Of the time after the warm-up.
package struct ForecastReport: Sendable {
    package init() {}

    /// Requests that came.
    package var requests = 0
    /// Those that got a connection.
    package var served = 0
    /// Those of them that got it at once.
    package var servedAtOnce = 0
    package var timedOut = 0
    /// Refused: queue full, outage.
    package var rejected = 0
    /// Requests that lost their connection in the outage.
    package var broken = 0
    package var connects = 0
    package var connectsFailed = 0
    /// Sessions at the server, of all instances, those being opened included; from the start on, like the next two.
    package var peakSessions = 0
    package var sessionsAtEnd = 0
    /// The most that one pool had.
    package var peakPerInstance = 0
    /// The most that waited in one pool.
    package var peakWaiting = 0
    /// Time that connections were in use, as a share of the time that they were open.
    package var utilization = 0.0
    /// From the end of the outage to the first request that was served, nanoseconds.
    package var recovery: Int64?
    /// The same for the instance that took longest.
    package var lastRecovery: Int64?
    /// Instances that were asked after the outage and had served nobody when the time was up.
    package var neverRecovered = 0
    /// Events that the pools' state machines handled.
    package var events = 0
}
