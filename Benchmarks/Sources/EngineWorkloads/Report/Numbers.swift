internal import Foundation

extension Double {
    /// As many digits as a benchmark can stand for.
    var short: String {
        guard isFinite else { return "-" }
        return abs(self) < 99.95 ? String(format: "%.1f", self) : String(format: "%.0f", self)
    }
}

extension Optional<Double> {
    var short: String { map(\.short) ?? "-" }
}

extension Duration {
    var inMicroseconds: Double { self / .microseconds(1) }
}
