/// From the least to the most, one range below the other, over an axis with a reference that is pointed out.
struct RangeChart {
    struct Range {
        var name: String
        var look: Look
        var low: Double
        var high: Double
        /// What is marked in the range; nil: its ends are.
        var middle: Double?
        var text: String
    }

    var message: String
    var ranges: [Range]
    /// The axis, for all charts that are read together.
    var axis: ClosedRange<Double>
    /// What the ranges are read against.
    var reference: Double
    /// What is written below the axis: at its beginning, at the reference, at its end.
    var texts: (begin: String, reference: String, end: String)

    private static let width = 340.0
    private static let row = 24.0

    var html: HTML {
        let left = (ranges.map { LineChart.width(of: $0.name) }.max() ?? 0) + 8
        let room = Self.width - left - (ranges.map { LineChart.width(of: $0.text) }.max() ?? 0) - 14
        let bottom = Self.row * Double(ranges.count) + 4
        func x(_ value: Double) -> Double {
            let share = (value - axis.lowerBound) / (axis.upperBound - axis.lowerBound)
            return left + min(max(share, 0), 1) * room
        }
        let pieces = ranges.enumerated().map { index, range -> HTML in
            let y = (Double(index) + 0.5) * Self.row + 2
            return """
                <g><title>\(range.name): \(range.text)</title>\
                <text class="name \(range.look.style)" x="\(left - 6)" y="\(y + 4)" text-anchor="end">\(range.name)</text>\
                <line class="line \(range.look.style)" x1="\(x(range.low))" x2="\(x(range.high))" y1="\(y)" y2="\(y)"/>\
                \((range.middle.map { [$0] } ?? [range.low, range.high]).map { range.look.mark(x: x($0), y: y) })\
                <text class="value" x="\(left + room + 10)" y="\(y + 4)">\(range.text)</text></g>

                """
        }
        return """
            <svg viewBox="0 0 \(Self.width) \(bottom + 22)" role="img" aria-label="\(message)">
            <line class="axis" x1="\(left)" x2="\(left + room)" y1="\(bottom)" y2="\(bottom)"/>\
            <line class="pointer" x1="\(x(reference))" x2="\(x(reference))" y1="2" y2="\(bottom + 3)"/>\
            <text class="tick" x="\(left)" y="\(bottom + 15)" text-anchor="middle">\(texts.begin)</text>\
            <text class="tick" x="\(x(reference))" y="\(bottom + 15)" text-anchor="middle">\(texts.reference)</text>\
            <text class="tick" x="\(left + room)" y="\(bottom + 15)" text-anchor="middle">\(texts.end)</text>
            \(pieces)</svg>

            """
    }
}
