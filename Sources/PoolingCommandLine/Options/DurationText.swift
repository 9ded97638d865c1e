/// Durations as people write them: `5s`, `500ms`, `1m`, `1.5s`.
enum DurationText {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
    ]

    /// - Returns: nil if it is none, or longer than a day.
    static func parse(_ text: String) -> Duration? {
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let number = text.dropLast(unit.suffix.count)
        let isPlain = number.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
        guard isPlain, let first = number.first, first != ".", number.last != ".", let count = Double(number) else {
            return nil
        }
        let nanoseconds = (count * unit.nanoseconds).rounded()
        guard nanoseconds <= 86_400e9 else { return nil }
        return .nanoseconds(Int64(nanoseconds))
    }

    /// "5 s", "250 ms", "1.5 s".
    static func short(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        if seconds >= 1 { return "\(ReportNumber.plain(seconds)) s" }
        if seconds >= 0.001 { return "\(ReportNumber.plain(seconds * 1e3)) ms" }
        return "\(ReportNumber.plain(seconds * 1e6)) µs"
    }
}
