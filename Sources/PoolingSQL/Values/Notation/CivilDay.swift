/// A day of the Gregorian calendar, which is taken to hold before its introduction, too, as SQL and ISO 8601 have it.
///
/// Years are counted from March here, so that the day that comes and goes is the last one of a year.
package struct CivilDay: Equatable {
    var year: Int
    var month: Int
    var day: Int

    /// Cycles of the calendar put before the year 0, so that no number below is negative.
    private static let cycleYears = 400
    private static let cycleDays = 146_097
    /// From 1 March of the year -400 to 1 January 1970.
    private static let daysTo1970 = 719_468 + cycleDays

    /// - Returns: nil if there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard year >= 0, month >= 1, month <= 12, day >= 1, day <= Self.length(ofMonth: month, of: year) else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// - Parameter days: not before the year 0.
    init(daysSince1970 days: Int) {
        let days = days + Self.daysTo1970
        var rest = days % Self.cycleDays
        // The last century of a cycle, and the last year of a leap cycle, are longer than the others by the leap day.
        let century = min(rest / 36_524, 3)
        rest -= century * 36_524
        let leapCycle = rest / 1461
        rest -= leapCycle * 1461
        let yearOfCycle = min(rest / 365, 3)
        rest -= yearOfCycle * 365
        // Months from March on have 31 30 31 30 31 days, twice: 153 days in five months.
        let month = (rest * 5 + 2) / 153
        day = rest - (month * 153 + 2) / 5 + 1
        self.month = month < 10 ? month + 3 : month - 9
        let marchYear = days / Self.cycleDays * Self.cycleYears + century * 100 + leapCycle * 4 + yearOfCycle
        year = marchYear - Self.cycleYears + (month < 10 ? 0 : 1)
    }

    package var daysSince1970: Int {
        let isBeforeMarch = month < 3
        let marchYear = year + Self.cycleYears - (isBeforeMarch ? 1 : 0)
        let month = isBeforeMarch ? month + 9 : month - 3
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (month * 153 + 2) / 5 + day - 1 - Self.daysTo1970
    }

    private static func length(ofMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
