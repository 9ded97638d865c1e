public import PoolingSQL

/// A span of time as PostgreSQL keeps it: months, days and microseconds, which it does not make into each other, since
/// months and days differ in length.
///
/// Among ``SQLValue``s it is text: `1 year 2 mons 3 days 04:05:06.789`.
public struct PostgresInterval: Sendable, Hashable {
    public var months: Int32
    public var days: Int32
    public var microseconds: Int64

    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    /// Rounded towards zero to whole microseconds; bounded by what 64 bits hold.
    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isTooFar) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        self.init(microseconds: isTooLarge || isTooFar ? (seconds < 0 ? .min : .max) : sum)
    }
}

extension PostgresInterval: CustomStringConvertible {
    /// As the server writes it with its usual `IntervalStyle`.
    public var description: String {
        // The infinities of PostgreSQL 17.
        if self == Self(months: .max, days: .max, microseconds: .max) { return "infinity" }
        if self == Self(months: .min, days: .min, microseconds: .min) { return "-infinity" }
        var text = ""
        // After a negative part, a positive one says so.
        var isAfterNegative = false
        for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] where count != 0 {
            if !text.isEmpty { text += " " }
            text += "\(isAfterNegative && count > 0 ? "+" : "")\(count) \(unit)\(count == 1 ? "" : "s")"
            isAfterNegative = count < 0
        }
        if text.isEmpty || microseconds != 0 {
            if !text.isEmpty { text += " " }
            text += microseconds < 0 ? "-" : isAfterNegative ? "+" : ""
            text += TimeNotation.time(microseconds)
        }
        return text
    }

    /// - Returns: nil if it is not in the server's usual `IntervalStyle`, or does not fit.
    public init?(_ text: String) {
        self.init()
        if text == "infinity" { self = .init(months: .max, days: .max, microseconds: .max) }
        if text == "-infinity" { self = .init(months: .min, days: .min, microseconds: .min) }
        if text == "infinity" || text == "-infinity" { return }
        var words = text.split(separator: " ", omittingEmptySubsequences: false)[...]
        guard !text.isEmpty else { return nil }
        while let word = words.popFirst() {
            if word.contains(":") {
                guard words.isEmpty, let time = Self.time(word) else { return nil }
                microseconds = time
                return
            }
            guard let count = Int32(word), let unit = words.popFirst() else { return nil }
            let isDays = unit == "day" || unit == "days"
            let perUnit: Int32 = unit == "year" || unit == "years" ? 12 : 1
            guard isDays || perUnit == 12 || unit == "mon" || unit == "mons" else { return nil }
            let (product, isTooLarge) = count.multipliedReportingOverflow(by: perUnit)
            let (sum, isTooFar) = (isDays ? days : months).addingReportingOverflow(product)
            guard !isTooLarge, !isTooFar else { return nil }
            if isDays { days = sum } else { months = sum }
        }
    }

    /// `-100:02:03.5`
    private static func time(_ text: Substring) -> Int64? {
        let isNegative = text.hasPrefix("-")
        let unsigned = isNegative || text.hasPrefix("+") ? text.dropFirst() : text
        let parts = unsigned.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let seconds = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard seconds.count <= 2, let hour = number(parts[0]), let minute = number(parts[1]), minute < 60,
            let second = number(seconds[0]), second < 60
        else { return nil }
        var fraction: UInt64 = 0
        if seconds.count == 2 {
            guard seconds[1].utf8.count <= 6, let digits = number(seconds[1]) else { return nil }
            fraction = (0..<6 - seconds[1].utf8.count).reduce(digits) { product, _ in product * 10 }
        }
        let (inHours, isTooLarge) = hour.multipliedReportingOverflow(by: 3_600_000_000)
        let (magnitude, isTooFar) = inHours.addingReportingOverflow((minute * 60 + second) * 1_000_000 + fraction)
        guard !isTooLarge, !isTooFar else { return nil }
        // The most negative number has no positive one.
        if isNegative { return magnitude == Int64.min.magnitude ? .min : Int64(exactly: magnitude).map { -$0 } }
        return Int64(exactly: magnitude)
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(text) : nil
    }
}

extension PostgresInterval: SQLEncodable {
    public var sqlValue: SQLValue { .text(description) }
}

extension PostgresInterval: SQLDecodable {
    public init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(text)
    }
}
