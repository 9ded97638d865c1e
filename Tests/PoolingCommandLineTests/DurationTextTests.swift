import Testing

@testable import PoolingCommandLine

@Suite("Durations of the command line")
struct DurationTextTests {
    @Test(
        "are a number and a unit",
        arguments: [
            ("5s", Duration.seconds(5)), ("500ms", .milliseconds(500)), ("1m", .seconds(60)),
            ("1.5s", .milliseconds(1500)),
            ("0s", .zero), ("250us", .microseconds(250)), ("1h", .seconds(3600)), ("24h", .seconds(86_400)),
            ("5 s", .seconds(5)), ("PT1M", .seconds(60)),
        ])
    func parses(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "5", "s", "ms", "-1s", "+1s", "1,5s", "1e9s", "nan s", "inf", ".5s", "5.s", "1.2.3s", "25h",
            "5x",
        ])
    func refuses(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("are shown in the unit that keeps them short")
    func shows() {
        #expect(DurationText.short(.seconds(5)) == "5 s")
        #expect(DurationText.short(.milliseconds(1500)) == "1.5 s")
        #expect(DurationText.short(.milliseconds(250)) == "250 ms")
        #expect(DurationText.short(.microseconds(20)) == "20 µs")
    }
}
