import Foundation
import PoolingSQL
import Testing

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// Comes from time to time, so that a loop of a second does not keep a thread from tests that watch the clock.
func breathe(_ round: Int) async {
    if round % 50 == 0 { await Task.yield() }
}

@Suite("A timestamp's text") struct TimestampNotationTests {
    static let first = -62_167_219_200
    static let last = 253_402_300_799

    func text(_ seconds: Double) -> String? { TimestampNotation.text(Date(timeIntervalSince1970: seconds)) }

    func padded(_ number: some BinaryInteger, _ width: Int) -> String {
        String(repeating: "0", count: max(width - "\(number)".count, 0)) + "\(number)"
    }

    @Test("names the first and the last day of every month of the years 0000 to 9999, and is read as that day")
    func everyMonth() async {
        var wrong: [String] = []
        func check(_ midnight: Int, _ wanted: Int) {
            let date = Date(timeIntervalSince1970: Double(midnight))
            let text = TimestampNotation.text(date) ?? "nothing"
            // In numbers: to make a quarter of a million texts would take this test too long.
            let digits = text.utf8.prefix(10).reduce(0) { 48...57 ~= $1 ? $0 * 10 + Int($1) - 48 : $0 }
            if digits != wanted || !text.hasSuffix(" 00:00:00.000000") || TimestampNotation.date(text) != date {
                wrong.append(text)
            }
        }
        var midnight = Self.first
        for year in 0...9999 {
            await breathe(year)
            let isLeapYear = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            for (month, length) in [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                check(midnight, (year * 100 + month + 1) * 100 + 1)
                midnight += (length - 1) * 86_400
                check(midnight, (year * 100 + month + 1) * 100 + length)
                midnight += 86_400
            }
        }
        #expect(midnight == Self.last + 1)
        #expect(wrong.isEmpty, "\(wrong.count) days, the first of them \(wrong.first ?? "")")
    }

    @Test("is what the C library makes of the same moment")
    func cLibrary() async {
        var generator = SeededGenerator(state: 1)
        for round in 0..<10_000 {
            await breathe(round)
            var seconds = time_t.random(in: time_t(Self.first)...time_t(Self.last), using: &generator)
            var parts = tm()
            gmtime_r(&seconds, &parts)
            let wanted =
                "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2)) "
                + "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2)).000000"
            #expect(text(Double(seconds)) == wanted)
            #expect(TimestampNotation.date(wanted) == Date(timeIntervalSince1970: Double(seconds)))
        }
    }

    @Test("is what Foundation makes of the same moment, since there is a Gregorian calendar")
    func foundation() async throws {
        var generator = SeededGenerator(state: 2)
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(
            includingFractionalSeconds: false)
        // Before October 1582 Foundation counts in the Julian calendar, which SQL and ISO 8601 do not.
        for round in 0..<10_000 {
            await breathe(round)
            let date = Date(
                timeIntervalSince1970: Double(Int.random(in: -12_219_292_800...Self.last, using: &generator)))
            let text = try #require(TimestampNotation.text(date))
            #expect(String(text.prefix(19)) == date.formatted(style))
            #expect(try Date.ISO8601FormatStyle().parse("\(text.prefix(10))T\(text.dropFirst(11).prefix(8))Z") == date)
        }
    }

    @Test(
        "is right at the edges of years, eras and the range",
        arguments: [
            (-62_167_219_200.0, "0000-01-01 00:00:00.000000"), (-62_162_121_600, "0000-02-29 00:00:00.000000"),
            (-62_135_596_800, "0001-01-01 00:00:00.000000"), (-62_135_596_801, "0000-12-31 23:59:59.000000"),
            (-12_219_292_800, "1582-10-15 00:00:00.000000"), (-12_219_292_801, "1582-10-14 23:59:59.000000"),
            (-2_203_891_200, "1900-03-01 00:00:00.000000"), (-2_203_891_201, "1900-02-28 23:59:59.000000"),
            (-1, "1969-12-31 23:59:59.000000"), (-0.000_001, "1969-12-31 23:59:59.999999"),
            (0, "1970-01-01 00:00:00.000000"), (0.000_001, "1970-01-01 00:00:00.000001"),
            (951_782_400, "2000-02-29 00:00:00.000000"), (978_307_200, "2001-01-01 00:00:00.000000"),
            (1_709_164_800, "2024-02-29 00:00:00.000000"), (4_107_542_400, "2100-03-01 00:00:00.000000"),
            (4_107_542_399.5, "2100-02-28 23:59:59.500000"), (253_402_300_799, "9999-12-31 23:59:59.000000"),
        ])
    func edges(seconds: Double, wanted: String) {
        #expect(text(seconds) == wanted)
        let read = TimestampNotation.date(wanted)
        #expect(read.flatMap { TimestampNotation.text($0) } == wanted)
    }

    @Test("is rounded to the nearest microsecond, over the ends of seconds, days and years, too")
    func rounding() {
        // Near 2001, where `Date` counts from and is finest.
        func near(_ seconds: Double) -> String? {
            TimestampNotation.text(Date(timeIntervalSinceReferenceDate: seconds))
        }
        #expect(near(0.000_000_4) == "2001-01-01 00:00:00.000000")
        #expect(near(0.000_000_6) == "2001-01-01 00:00:00.000001")
        #expect(near(-0.000_000_4) == "2001-01-01 00:00:00.000000")
        #expect(near(-0.000_000_6) == "2000-12-31 23:59:59.999999")
        #expect(near(-.leastNonzeroMagnitude) == "2001-01-01 00:00:00.000000")
        #expect(near(0.999_999_4) == "2001-01-01 00:00:00.999999")
        #expect(near(0.999_999_6) == "2001-01-01 00:00:01.000000")
        #expect(near(59.999_999_6) == "2001-01-01 00:01:00.000000")
        #expect(near(86_399.999_999_6) == "2001-01-02 00:00:00.000000")
        #expect(near(365 * 86_400 - 0.000_000_4) == "2002-01-01 00:00:00.000000")
    }

    @Test("exists for the years 0000 to 9999 only")
    func range() {
        let end = Double(Self.last) + 1
        #expect(text(end.nextDown) != nil)
        #expect(TimestampNotation.text(Date(timeIntervalSinceReferenceDate: (end - 978_307_200).nextDown)) != nil)
        for seconds in [end, Double(Self.first) - 0.001, 1e300, -1e300, 9.3e18, .infinity, -.infinity, .nan] {
            #expect(text(seconds) == nil)
        }
        // Foundation's is 1 January of the year 1 in the Julian calendar.
        #expect(TimestampNotation.text(.distantPast) == "0000-12-30 00:00:00.000000")
        #expect(TimestampNotation.text(.distantFuture) == "4001-01-01 00:00:00.000000")
    }

    @Test("is read as the moment that it was made of, to the microsecond, and sorts as the moments do")
    func roundTrip() async throws {
        var generator = SeededGenerator(state: 3)
        var dates = (0..<5000).map { _ in
            Date(timeIntervalSince1970: Double.random(in: Double(Self.first)...Double(Self.last), using: &generator))
        }
        dates += (0..<5000).map { _ in
            Date(timeIntervalSince1970: Double.random(in: -3e9...5e9, using: &generator))
        }
        dates.sort()
        let texts = try dates.map { try #require(TimestampNotation.text($0)) }
        #expect(texts == texts.sorted())
        for (round, (date, text)) in zip(dates, texts).enumerated() {
            await breathe(round)
            let read = try #require(TimestampNotation.date(text))
            #expect(abs(read.timeIntervalSince(date)) <= 0.000_001)
            // Where a date itself is coarser than a microsecond, nothing is lost.
            if abs(date.timeIntervalSinceReferenceDate) > 8_589_934_592 { #expect(read == date) }
            if abs(date.timeIntervalSinceReferenceDate) < 4_294_967_296 {
                #expect(TimestampNotation.text(read) == text)
            }
        }
    }

    @Test(
        "is read in the forms of ISO 8601",
        arguments: [
            ("2024-02-29", "2024-02-29 00:00:00.000000"), ("2024-02-29 13:45", "2024-02-29 13:45:00.000000"),
            ("2024-02-29T13:45:10", "2024-02-29 13:45:10.000000"),
            ("2024-02-29t13:45:10.5z", "2024-02-29 13:45:10.500000"),
            ("2024-02-29T13:45:10,25Z", "2024-02-29 13:45:10.250000"),
            ("2024-02-29T13:45Z", "2024-02-29 13:45:00.000000"),
            ("2024-02-29T13:45:10.123456789Z", "2024-02-29 13:45:10.123457"),
            ("2024-02-29T13:45:10.00000000000000000001Z", "2024-02-29 13:45:10.000000"),
            ("2024-02-29T13:45:10+01:00", "2024-02-29 12:45:10.000000"),
            ("2024-02-29 23:45:10-0130", "2024-03-01 01:15:10.000000"),
            ("2024-01-01 00:30:00.5+01", "2023-12-31 23:30:00.500000"),
            ("2024-02-29T13:45-00:00", "2024-02-29 13:45:00.000000"),
        ])
    func reading(text: String, wanted: String) {
        #expect(TimestampNotation.date(text).flatMap { TimestampNotation.text($0) } == wanted)
    }

    @Test(
        "is refused if it is anything else",
        arguments: [
            "", "2024", "2024-02", "2024-2-9", "2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-13-01",
            "2024-00-10", "2024-01-00", "20240229", "24-02-29", "+2024-02-29", "-2024-02-29", "12024-02-29",
            "2024-02-29 ", " 2024-02-29", "2024-02-29T", "2024-02-29Z", "2024-02-29 13", "2024-02-29 13:4",
            "2024-02-29 24:00", "2024-02-29 13:60", "2024-02-29 13:45:60", "2024-02-29 13:45:10.",
            "2024-02-29 13:45:10.Z", "2024-02-29 13:45.5", "2024-02-29  13:45", "2024-02-29 13:45:10 Z",
            "2024-02-29 13:45:10ZZ", "2024-02-29 13:45:10+1", "2024-02-29 13:45:10+01:", "2024-02-29 13:45:10+01:60",
            "2024-02-29 13:45:10+24:00", "2024-02-29 13:45:10+01:00:00", "2024/02/29", "now", "２０２４-02-29",
            "2024-02-29\u{0}", "2024-02-29 13:45:10 UTC",
        ])
    func refusal(text: String) {
        #expect(TimestampNotation.date(text) == nil)
    }
}
