internal import Foundation

/// Where on an axis a value is, from 0 to 1, and what is written along it.
struct Scale: Sendable {
    struct Tick: Sendable, Equatable {
        var value: Double
        var text: String
    }

    enum Kind: Sendable, Equatable {
        case linear, logarithmic
        /// Each step towards 100 % as long as the one before: 90, 99, 99.9 …
        case percentile
        /// One place for each value, all equally far apart.
        case places([Double])
    }

    var kind: Kind
    var lower: Double
    var upper: Double
    var ticks: [Tick]

    /// 0 at the lower end, 1 at the upper; what lies beyond is put there.
    func fraction(_ value: Double) -> Double {
        let fraction: Double
        switch kind {
        case .linear: fraction = (value - lower) / (upper - lower)
        case .logarithmic:
            if value <= 0 { return 0 }
            fraction = (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
        case .percentile: fraction = Self.nines(value) / Self.nines(upper)
        case .places(let values):
            guard let index = values.firstIndex(of: value) else { return 0 }
            fraction = (Double(index) + 0.5) / Double(values.count)
        }
        return fraction.isFinite ? min(max(fraction, 0), 1) : 0
    }

    /// What lies beyond is no measurement.
    private static let largest = 1e18

    // MARK: Linear

    /// From 0 to the first round number that is no less than `value`, with about four ticks.
    static func linear(upTo value: Double, text: (Double) -> String) -> Scale {
        let value = value > 1 / largest && value < largest ? value : 1
        let step = niceStep(atLeast: value / 4)
        let count = max(1, Int((value / step - 1e-9).rounded(.up)))
        let ticks = (0...count).map { Tick(value: Double($0) * step, text: text(Double($0) * step)) }
        return Scale(kind: .linear, lower: 0, upper: Double(count) * step, ticks: ticks)
    }

    /// From 0 to `value` itself: a run ends where it ends.
    static func time(upTo value: Double) -> Scale {
        var scale = linear(upTo: value, text: AxisText.seconds)
        if value > 0, value < scale.upper { scale.upper = value }
        scale.ticks = scale.ticks.filter { $0.value <= scale.upper * (1 + 1e-9) }
        return scale
    }

    /// Whole numbers only.
    static func counts(upTo value: Double) -> Scale {
        var scale = linear(upTo: max(value, 4), text: ReportNumber.plain)
        scale.ticks = scale.ticks.filter { $0.value == $0.value.rounded() }
        return scale
    }

    /// 1, 2 or 5 with zeros.
    static func niceStep(atLeast least: Double) -> Double {
        let power = pow(10, floor(log10(least)))
        for factor in [1.0, 2, 5] where factor * power >= least * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    // MARK: Logarithmic

    /// Decades that enclose both values, not more than ten of which have a tick.
    static func logarithmic(from low: Double, to high: Double, text: (Double) -> String) -> Scale {
        let low = low > 1 / largest && low < largest ? low : 1
        let high = high < largest ? high : low
        let first = Int(floor(log10(low) + 1e-9))
        let last = max(first + 1, Int(ceil(log10(max(high, low)) - 1e-9)))
        let stride = (last - first) / 10 + 1
        let ticks = Swift.stride(from: first, through: last, by: stride).map { power in
            Tick(value: pow(10, Double(power)), text: text(pow(10, Double(power))))
        }
        return Scale(kind: .logarithmic, lower: pow(10, Double(first)), upper: pow(10, Double(last)), ticks: ticks)
    }

    // MARK: Percentiles

    /// How many nines: 0 for 0 %, 1 for 90 %, 2 for 99 %.
    static func nines(_ percentile: Double) -> Double {
        -log10(max(1 - percentile / 100, 1e-12))
    }

    /// Up to the percentile that the slowest of `count` values stands for.
    static func percentiles(ofCount count: Int) -> Scale {
        let upper = 100 * (1 - 1 / max(Double(count), 100))
        let ticks = [0.0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter { $0 <= upper * (1 + 1e-12) }
        return Scale(
            kind: .percentile, lower: 0, upper: upper,
            ticks: ticks.map { Tick(value: $0, text: $0 == 0 ? "" : percentileText($0)) })
    }

    /// "99.9".
    static func percentileText(_ percentile: Double) -> String {
        percentile == percentile.rounded() ? "\(ReportNumber.whole(percentile))" : "\(percentile)"
    }

    // MARK: Places

    static func places(_ values: [Double], text: (Double) -> String) -> Scale {
        Scale(
            kind: .places(values), lower: values.first ?? 0, upper: values.last ?? 0,
            ticks: values.map { Tick(value: $0, text: text($0)) })
    }
}
