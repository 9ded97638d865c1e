/// Numbers as reports show them.
enum ReportNumber {
    /// Three decimals: what a clock of nanoseconds can tell in microseconds.
    static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    /// The nearest whole number that there is, whatever the value: a report may be read from a file that somebody has
    /// written.
    static func whole(_ value: Double) -> Int {
        value.isNaN ? 0 : Int(Swift.max(-9e18, Swift.min(value.rounded(), 9e18)))
    }

    /// "5", "1.5", "0.25": no more decimals than needed, two at most.
    static func plain(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        if hundredths == (value.rounded() * 100) { return "\(whole(value))" }
        let text = "\(hundredths / 100)"
        return text
    }

    /// "1 234 567".
    static func grouped(_ value: Double) -> String {
        let digits = Array("\(whole(value))")
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text.append(" ") }
            text.append(digit)
        }
        return text
    }

    /// Microseconds in a unit that keeps them short: "0.85 µs", "12.3 µs", "4.1 ms", "1.2 s".
    static func time(microseconds: Double) -> String {
        switch microseconds {
        case ..<1000: return threeDigits(microseconds) + " µs"
        case ..<1_000_000: return threeDigits(microseconds / 1e3) + " ms"
        default: return threeDigits(microseconds / 1e6) + " s"
        }
    }

    /// Three digits that count: "0.85", "12.3", "123".
    static func threeDigits(_ value: Double) -> String {
        let decimals = value < 10 ? 2 : value < 100 ? 1 : 0
        let scale = [1.0, 10, 100][decimals]
        let scaled = whole(value * scale)
        guard decimals > 0 else { return "\(scaled)" }
        let divisor = Int(scale)
        let fraction = String(abs(scaled % divisor))
        return "\(scaled / divisor)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
