#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A moment as text: `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, for the years 0000 to 9999.
///
/// Texts of this form sort as their moments do, and the date functions of databases read it.
package enum TimestampNotation {
    package static let length = 26
    /// What a day, and the years 0000 to 9999, are in seconds since 1970.
    private static let day = 86_400
    private static let seconds = -62_167_219_200...253_402_300_799
    /// Where `Date` counts from.
    private static let reference = 978_307_200

    /// Rounds to the nearest microsecond.
    /// - Returns: false, with nothing written, if the date is outside of the years 0000 to 9999 or no number.
    /// - Precondition: `bytes` has room for ``length`` of them.
    package static func write(_ date: Date, to bytes: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        let interval = date.timeIntervalSinceReferenceDate
        let whole = interval.rounded(.down)
        guard bytes.count >= length, let whole = Int(exactly: whole) else { return false }
        // The subtraction is exact. All at once, multiplied first, would lose microseconds of dates far away.
        var microseconds = Int(((interval - interval.rounded(.down)) * 1e6).rounded())
        let (sum, isTooLarge) = whole.addingReportingOverflow(reference)
        var seconds = sum
        if microseconds == 1_000_000 {
            microseconds = 0
            seconds += 1
        }
        guard !isTooLarge, Self.seconds.contains(seconds) else { return false }
        // Not before the year 0: made positive for the division.
        let sinceYear0 = seconds - Self.seconds.lowerBound
        let (days, second) = sinceYear0.quotientAndRemainder(dividingBy: day)
        let civil = CivilDay(daysSince1970: days + Self.seconds.lowerBound / day)
        var writer = DigitWriter(bytes: bytes)
        writer.write(civil.year, 4)
        writer.write(civil.month, 2, after: "-")
        writer.write(civil.day, 2, after: "-")
        writer.write(second / 3600, 2, after: " ")
        writer.write(second / 60 % 60, 2, after: ":")
        writer.write(second % 60, 2, after: ":")
        writer.write(microseconds, 6, after: ".")
        return true
    }

    /// - Returns: nil if the date is outside of the years 0000 to 9999 or no number.
    package static func text(_ date: Date) -> String? {
        let text = String(unsafeUninitializedCapacity: length) { write(date, to: $0) ? length : 0 }
        return text.isEmpty ? nil : text
    }

    /// Reads ISO 8601: a day, or a day and a time with `T` or a blank between them; the time with or without seconds
    /// and their fraction, then nothing or `Z` for UTC, or an offset (`+01:00`, `+0100`, `+01`).
    /// - Returns: nil for everything else, also for days and times that do not exist.
    package static func date(_ text: String) -> Date? {
        var text = text
        return text.withUTF8 { bytes in
            var reader = DigitReader(bytes: bytes)
            guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
                let day = reader.number(2), let civil = CivilDay(year: year, month: month, day: day)
            else { return nil }
            var time = Time()
            if !reader.isAtEnd {
                guard reader.skip("T") || reader.skip(" ") || reader.skip("t"), let read = Time(&reader),
                    reader.isAtEnd
                else { return nil }
                time = read
            }
            let seconds = civil.daysSince1970 * Self.day + time.second
            return Date(timeIntervalSinceReferenceDate: Double(seconds - reference) + time.fraction)
        }
    }

    private struct Time {
        /// Of the day in UTC: below 0 or beyond a day where the offset says so.
        var second = 0
        var fraction = 0.0

        init() {}

        init?(_ reader: inout DigitReader) {
            guard let hour = reader.number(2), hour < 24, reader.skip(":"), let minute = reader.number(2), minute < 60
            else { return nil }
            second = hour * 3600 + minute * 60
            if reader.skip(":") {
                guard let second = reader.number(2), second < 60 else { return nil }
                self.second += second
                if reader.skip(".") || reader.skip(",") {
                    guard let fraction = reader.fraction() else { return nil }
                    self.fraction = fraction
                }
            }
            if reader.isAtEnd || reader.skip("Z") || reader.skip("z") { return }
            let isEast = reader.skip("+")
            guard isEast || reader.skip("-"), let hours = reader.number(2), hours < 24 else { return nil }
            var offset = hours * 3600
            if !reader.isAtEnd {
                _ = reader.skip(":")
                guard let minutes = reader.number(2), minutes < 60 else { return nil }
                offset += minutes * 60
            }
            second += isEast ? -offset : offset
        }
    }
}
