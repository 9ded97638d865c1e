public import CoreMetrics

/// A timer that can be told the same duration many times at once.
///
/// With ``MetricsObserver/LoanTimes/fromStatistics`` a million loans between two refreshes are a few calls to such a timer,
/// and a million to any other. A backend conforms by adding `times` to a bucket instead of one.
public protocol WeightedTimerHandler: TimerHandler {
    /// - Parameters:
    ///   - duration: in nanoseconds.
    ///   - times: at least one.
    func recordNanoseconds(_ duration: Int64, times: Int64)
}

extension TimerHandler {
    func record(nanoseconds: Int64, times: UInt64) {
        guard times > 0 else { return }
        if let weighted = self as? any WeightedTimerHandler {
            return weighted.recordNanoseconds(nanoseconds, times: Int64(clamping: times))
        }
        for _ in 0..<times { recordNanoseconds(nanoseconds) }
    }
}
