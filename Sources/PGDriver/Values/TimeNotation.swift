#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Days and times between their binary forms and the texts that the server makes of them, in ISO 8601 and UTC.
enum TimeNotation {
    private static let microsecondsPerDay: Int64 = 86_400_000_000
    /// From PostgreSQL's epoch, 2000-01-01, to that of `Date`, 2001-01-01, in seconds.
    private static let secondsToReference: Int64 = 31_622_400
    /// 4713 BC to 294 276, in microseconds since 2000: what the server accepts.
    private static let timestamps: Range<Int64> = -211_813_488_000_000_000..<9_223_371_331_200_000_000

    // MARK: Days

    static func date(daysSince2000 days: Int32) -> String {
        switch days {
        case .max: return "infinity"
        case .min: return "-infinity"
        default:
            let day = PostgresDay(daysSince2000: Int(days))
            return day.text + day.eraMark
        }
    }

    // MARK: Times of the day

    static func time(_ microseconds: Int64) -> String {
        let (seconds, fraction) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        let (minutes, second) = Int(seconds).quotientAndRemainder(dividingBy: 60)
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        let parts = [hour, minute, second].map { PostgresDay.padded($0, 2) }.joined(separator: ":")
        return parts + Self.fraction(Int(fraction))
    }

    /// - Parameter secondsWest: of Greenwich, as the protocol counts them.
    static func offset(secondsWest: Int32) -> String {
        let sign = secondsWest > 0 ? "-" : "+"
        let seconds = Int(secondsWest.magnitude)
        var text = sign + PostgresDay.padded(seconds / 3600, 2)
        if seconds % 3600 != 0 { text += ":" + PostgresDay.padded(seconds / 60 % 60, 2) }
        if seconds % 60 != 0 { text += ":" + PostgresDay.padded(seconds % 60, 2) }
        return text
    }

    private static func fraction(_ microseconds: Int) -> String {
        guard microseconds > 0 else { return "" }
        var digits = PostgresDay.padded(microseconds, 6)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }

    // MARK: Timestamps

    static func timestamp(_ microseconds: Int64, offset: String) -> String {
        switch microseconds {
        case .max: return "infinity"
        case .min: return "-infinity"
        default: break
        }
        let (days, time) = floored(microseconds, by: microsecondsPerDay)
        let day = PostgresDay(daysSince2000: Int(days))
        return "\(day.text) \(Self.time(time))\(offset)\(day.eraMark)"
    }

    /// Exact to the microsecond within 272 years of 2001; farther away `Date` itself is coarser than that.
    /// - Returns: nil for the infinities.
    static func moment(_ microseconds: Int64) -> Date? {
        if microseconds == .max || microseconds == .min { return nil }
        let (seconds, fraction) = floored(microseconds, by: 1_000_000)
        return Date(
            timeIntervalSinceReferenceDate: Double(seconds - secondsToReference) + Double(fraction) / 1_000_000)
    }

    /// Rounded to the nearest microsecond.
    /// - Returns: nil for what the server has no notation for: NaN, or beyond its range.
    static func microseconds(_ date: Date) -> Int64? {
        let interval = date.timeIntervalSinceReferenceDate
        if interval == .infinity { return .max }
        if interval == -.infinity { return .min }
        let whole = interval.rounded(.down)
        guard let seconds = Int64(exactly: whole) else { return nil }
        let (since2000, isTooLate) = seconds.addingReportingOverflow(secondsToReference)
        let (product, isTooLarge) = since2000.multipliedReportingOverflow(by: 1_000_000)
        guard !isTooLate, !isTooLarge else { return nil }
        // The subtraction is exact; multiplied first, dates far away would lose microseconds.
        let (sum, isTooFar) = product.addingReportingOverflow(Int64(((interval - whole) * 1_000_000).rounded()))
        return !isTooFar && timestamps.contains(sum) ? sum : nil
    }

    /// - Returns: nil if it is no midnight in UTC: a day has no time, and none is dropped silently.
    static func daysSince2000(_ date: Date) -> Int32? {
        guard let microseconds = microseconds(date) else { return nil }
        if microseconds == .max { return .max }
        if microseconds == .min { return .min }
        let (days, time) = floored(microseconds, by: microsecondsPerDay)
        return time == 0 ? Int32(exactly: days) : nil
    }

    /// Rounded down, so that the rest is never negative.
    private static func floored(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
