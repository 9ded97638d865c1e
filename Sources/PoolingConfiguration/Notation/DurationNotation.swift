/// Durations as people write them: `500ms`, `1.5s`, `5 s`, `10min`, `2h`, `1h30m`, `1d`, `PT1M30S`.
package enum DurationNotation {
    package static let examples = "500ms, 1.5s, 5 s, 10min, 2h, 1d or PT1M30S"

    /// Longer ones are mistakes, and the engine counts in nanoseconds.
    private static let longest: Int128 = 36_500 * 86_400 * 1_000_000_000

    /// Nanoseconds, by what follows the number.
    private static let units: [String: Int128] = [
        "ns": 1,
        "us": 1_000, "µs": 1_000, "μs": 1_000,
        "ms": 1_000_000, "msec": 1_000_000, "millis": 1_000_000, "milliseconds": 1_000_000,
        "s": 1_000_000_000, "sec": 1_000_000_000, "second": 1_000_000_000, "seconds": 1_000_000_000,
        "m": 60_000_000_000, "min": 60_000_000_000, "minute": 60_000_000_000, "minutes": 60_000_000_000,
        "h": 3_600_000_000_000, "hour": 3_600_000_000_000, "hours": 3_600_000_000_000,
        "d": 86_400_000_000_000, "day": 86_400_000_000_000, "days": 86_400_000_000_000,
    ]

    package static func parse(_ text: String) throws(NotationMistake) -> Duration {
        var rest = trimmed(text[...])
        if rest.isEmpty { throw NotationMistake("is empty; write a duration, such as \(examples)") }
        if rest.first == "-" { throw NotationMistake("is negative; durations are not") }
        if rest.first == "P" { return try duration(of: nanosecondsOfISO(rest.dropFirst())) }
        var sum: Int128 = 0
        repeat {
            let (digits, places) = try number(&rest)
            let name = trimmed(rest.prefix { $0.isLetter || $0 == "µ" || $0 == " " })
            if rest.isEmpty {
                throw NotationMistake("has no unit; write \(examples)")
            }
            let word = name.prefix { $0 != " " }
            guard let unit = units[String(word)], word.count == name.count || word.isEmpty == false else { throw none }
            rest = trimmed(rest[word.endIndex...])
            sum += try product(digits, unit, places)
        } while !rest.isEmpty
        return try duration(of: sum)
    }

    private static var none: NotationMistake { NotationMistake("is no duration; write \(examples)") }

    private static func duration(of nanoseconds: Int128) throws(NotationMistake) -> Duration {
        guard nanoseconds <= longest, let count = Int64(exactly: nanoseconds) else {
            throw NotationMistake("is longer than a hundred years")
        }
        return .nanoseconds(count)
    }

    /// What follows the P: `1DT2H3M4.5S`, or weeks. Months and years have no fixed length.
    private static func nanosecondsOfISO(_ text: Substring) throws(NotationMistake) -> Int128 {
        var rest = text
        var sum: Int128 = 0
        var units: [(Character, Int128)] = [("W", 604_800_000_000_000), ("D", 86_400_000_000_000)]
        var isTime = false
        var parts = 0
        while !rest.isEmpty {
            if rest.first == "T", !isTime {
                isTime = true
                units = [("H", 3_600_000_000_000), ("M", 60_000_000_000), ("S", 1_000_000_000)]
                rest.removeFirst()
                if rest.isEmpty { throw none }
                continue
            }
            let (digits, places) = try number(&rest)
            guard let name = rest.popFirst(), let index = units.firstIndex(where: { $0.0 == name }) else { throw none }
            sum += try product(digits, units[index].1, places)
            units.removeSubrange(...index)
            parts += 1
        }
        if parts == 0 { throw none }
        return sum
    }

    /// Takes a decimal number off `rest`.
    /// - Returns: its digits, and how many of them stand behind the point.
    private static func number(_ rest: inout Substring) throws(NotationMistake) -> (digits: Int128, places: Int) {
        let whole = rest.prefix { ("0"..."9").contains($0) }
        rest = rest[whole.endIndex...]
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { ("0"..."9").contains($0) }
            rest = rest[fraction.endIndex...]
            if fraction.isEmpty { throw none }
        }
        guard !whole.isEmpty, whole.utf8.count <= 15, fraction.utf8.count <= 15,
            let digits = Int128(whole + fraction)
        else { throw none }
        return (digits, fraction.utf8.count)
    }

    private static func product(_ digits: Int128, _ unit: Int128, _ places: Int) throws(NotationMistake) -> Int128 {
        // At most thirty digits and fifteen of the unit are more than 128 bits: but what is longer than a century is refused
        // all the same.
        let (scaled, overflow) = digits.multipliedReportingOverflow(by: unit)
        if overflow { throw NotationMistake("is longer than a hundred years, or has too many digits") }
        var power: Int128 = 1
        for _ in 0..<places { power *= 10 }
        let nanoseconds = scaled / power
        if nanoseconds == 0, digits != 0 { throw NotationMistake("is shorter than a nanosecond") }
        guard nanoseconds <= longest else { throw NotationMistake("is longer than a hundred years") }
        return nanoseconds
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
