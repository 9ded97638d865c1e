internal import PoolingConfiguration

/// Durations of the command line: read as those of a file are, and shown short.
enum DurationText {
    /// - Returns: nil if it is none, or longer than a day.
    static func parse(_ text: String) -> Duration? {
        guard let duration = try? DurationNotation.parse(text), duration <= .seconds(86_400) else { return nil }
        return duration
    }

    /// "5 s", "250 ms", "1.5 s".
    static func short(_ duration: Duration) -> String { short(seconds: duration.inSeconds) }

    /// Of any number: one that was read from a file may be more than a `Duration` can hold.
    static func short(seconds: Double) -> String {
        if seconds >= 1 { return "\(ReportNumber.plain(seconds)) s" }
        if seconds >= 0.001 { return "\(ReportNumber.plain(seconds * 1e3)) ms" }
        return "\(ReportNumber.plain(seconds * 1e6)) µs"
    }
}
