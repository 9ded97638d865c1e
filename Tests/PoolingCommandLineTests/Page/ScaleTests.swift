import Testing

@testable import PoolingCommandLine

@Suite("Scales of charts")
struct ScaleTests {
    @Test(
        "a linear scale begins at 0, ends at the first round number beyond, and has few ticks",
        arguments: [
            (19_000.0, 20_000.0, 5), (1, 1, 3), (0.7, 0.8, 5), (3, 3, 4), (101, 150, 4), (1e9, 1e9, 3),
            (4.000001, 6, 4),
        ])
    func linear(_ value: Double, _ upper: Double, _ count: Int) {
        let scale = Scale.linear(upTo: value) { "\($0)" }
        #expect(abs(scale.upper - upper) < upper * 1e-9 && scale.ticks.count == count, "\(scale)")
        #expect(scale.ticks.first?.value == 0 && scale.fraction(0) == 0 && scale.fraction(scale.upper) == 1)
        #expect(scale.upper >= value * (1 - 1e-9))
    }

    @Test(
        "nothing, and what is no number, has a scale and a place on it",
        arguments: [0, Double.leastNonzeroMagnitude, -1, .nan, .infinity])
    func nothing(_ value: Double) {
        let scale = Scale.linear(upTo: value) { "\($0)" }
        #expect(scale.ticks.count >= 2 && scale.ticks.count < 10 && scale.upper > 0)
        #expect((0...1).contains(scale.fraction(value)))
        let decades = Scale.logarithmic(from: value, to: value) { "\($0)" }
        #expect(decades.ticks.count >= 2 && decades.ticks.count < 10)
        #expect((0...1).contains(decades.fraction(value)))
    }

    @Test("a logarithmic scale has whole decades, all equally long")
    func logarithmic() {
        let scale = Scale.logarithmic(from: 3, to: 2_000, text: AxisText.time)
        #expect(scale.ticks.map(\.text) == ["1 µs", "10 µs", "100 µs", "1 ms", "10 ms"])
        #expect(abs(scale.fraction(10) - 0.25) < 1e-9)
        #expect(abs(scale.fraction(1000) - 0.75) < 1e-9)
        #expect(scale.fraction(0) == 0 && scale.fraction(1e9) == 1)
        let wide = Scale.logarithmic(from: 0.001, to: 1e9, text: AxisText.time)
        #expect(wide.ticks.count <= 10)
        #expect(Scale.logarithmic(from: 10, to: 10, text: AxisText.time).ticks.count == 2)
    }

    @Test("each nine of a percentile is as long as the one before")
    func percentiles() {
        let scale = Scale.percentiles(ofCount: 1000)
        #expect(scale.ticks.map(\.text) == ["", "50", "90", "99", "99.9"])
        #expect(abs(scale.fraction(90) * 3 - 1) < 1e-9)
        #expect(abs(scale.fraction(99) * 3 - 2) < 1e-9)
        #expect(scale.fraction(100) == 1)
        #expect(Scale.percentiles(ofCount: 0).ticks.count == 4)
    }

    @Test("time ends where the run ends")
    func time() {
        let scale = Scale.time(upTo: 5)
        #expect(scale.upper == 5 && scale.ticks.map(\.text) == ["0 s", "2 s", "4 s"])
        #expect(Scale.time(upTo: 4).ticks.map(\.text) == ["0 s", "1 s", "2 s", "3 s", "4 s"])
        #expect(Scale.time(upTo: 0).ticks.count >= 2)
    }

    @Test("places are equally far apart, and not at the edges")
    func places() {
        let scale = Scale.places([1, 2, 16], text: ReportNumber.plain)
        let fractions = [1.0, 2, 16].map(scale.fraction)
        let expected: [Double] = [0.5 / 3, 1.5 / 3, 2.5 / 3]
        #expect(fractions == expected)
    }

    @Test("axes are written short")
    func texts() {
        let rates: [Double] = [0, 500, 20_000, 1_500_000]
        #expect(rates.map(AxisText.perSecond) == ["0", "500", "20 k", "1.5 M"])
        let times: [Double] = [0, 0.01, 1, 1000, 250_000, 1_000_000]
        #expect(times.map(AxisText.time) == ["0", "10 ns", "1 µs", "1 ms", "250 ms", "1 s"])
    }

    @Test("names that would lie on each other are spread, in their order and within the chart")
    func labels() {
        let column = LabelColumn(top: 0, bottom: 100)
        #expect(column.heights([10, 60]) == [10, 60])
        #expect(column.heights([50, 50, 50]) == [50, 63, 76])
        #expect(column.heights([98, 99, 97]) == [87, 100, 74])
        #expect(column.heights([]).isEmpty)
    }
}
