import Testing

@testable import PoolingConfiguration

@Suite struct DurationNotationTests {
    @Test(
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("1.5s", .milliseconds(1500)), ("5 s", .seconds(5)),
            ("10min", .seconds(600)), ("10m", .seconds(600)), ("10 min", .seconds(600)), ("2h", .seconds(7200)),
            ("1d", .seconds(86_400)), ("250us", .microseconds(250)), ("250µs", .microseconds(250)),
            ("250μs", .microseconds(250)), ("7ns", .nanoseconds(7)), ("0s", .zero), ("0.25ms", .microseconds(250)),
            ("1h30m", .seconds(5400)), ("1 h 30 min", .seconds(5400)), ("2 hours", .seconds(7200)),
            ("1 day", .seconds(86_400)), ("36500d", .seconds(36_500 * 86_400)), ("  5s ", .seconds(5)),
            ("PT1M30S", .seconds(90)), ("P1DT2H", .seconds(93_600)), ("PT0.5S", .milliseconds(500)),
            ("P2W", .seconds(1_209_600)), ("P1D", .seconds(86_400)), ("1.000000001s", .nanoseconds(1_000_000_001)),
        ]) func `a duration is written as people write it`(_ text: String, _ duration: Duration) throws
    {
        #expect(try DurationNotation.parse(text) == duration)
    }

    @Test(
        arguments: [
            "", " ", "s", "ms", "+1s", "1,5s", "1e9s", "nan s", "inf", ".5s", "5.s", "1.2.3s", "5x", "5 S", "5 parsecs",
            "P", "PT", "P1", "P1M", "P1Y", "PT5", "P1DT", "PT1S1M", "PTT1S", "P5S", "-5s", "5s 5", "５s", "5s5", "1h30",
            "99999999999999999s", "36501d", "0.1ns", "9999999999999999d", "999999999999999.999999999999999d", "never",
        ]) func `anything else is a mistake that repeats nothing of it`(_ text: String)
    {
        do {
            let duration = try DurationNotation.parse(text)
            Issue.record("\(text) is \(duration)")
        } catch {
            let said = error.rule.replacing(DurationNotation.examples, with: "")
            #expect(text.count < 3 || !said.contains(text))
        }
    }

    @Test func `a number without a unit is told which ones there are`() {
        #expect(throws: NotationMistake("has no unit; write \(DurationNotation.examples)")) {
            try DurationNotation.parse("30")
        }
    }

    @Test func `every unit is exact in steps of its own`() throws {
        for (unit, size) in [
            ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000),
            ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
        ] {
            for count in [1, 2, 59, 999, 12_345] {
                #expect(try DurationNotation.parse("\(count)\(unit)") == .nanoseconds(count * size))
            }
        }
    }
}
