/// A day as PostgreSQL counts and writes it: from 4713 BC to the year 5 874 897, in the Gregorian calendar throughout.
struct PostgresDay: Equatable {
    /// Astronomical: 0 is 1 BC.
    var year: Int
    var month: Int
    var day: Int

    /// From 1 March of the year 0, with which the calendar's cycles of 400 years begin here, to 1 January 2000.
    private static let daysTo2000 = 730_425
    private static let cycle = 146_097

    init(daysSince2000 days: Int) {
        let shifted = days + Self.daysTo2000
        // Rounded down, also for days before the year 0.
        let cycles = (shifted - (shifted < 0 ? Self.cycle - 1 : 0)) / Self.cycle
        let rest = shifted - cycles * Self.cycle
        // Each of the terms takes out the leap days that have come before it: every 4 years, 100 years, 400 years.
        let yearOfCycle = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365
        let dayOfYear = rest - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        // From March on, five months have 153 days.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfCycle + cycles * 400 + (month < 3 ? 1 : 0)
    }

    /// `2024-02-29`, without the mark of years before our era, which stands at the very end.
    var text: String {
        let shown = year > 0 ? year : 1 - year
        return "\(Self.padded(shown, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
    }
    var eraMark: String { year > 0 ? "" : " BC" }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return digits.utf8.count < width ? String(repeating: "0", count: width - digits.utf8.count) + digits : digits
    }
}
