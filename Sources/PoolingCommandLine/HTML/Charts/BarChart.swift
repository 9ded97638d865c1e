/// Bars from zero, one below the other, each with its name and its number.
struct BarChart {
    struct Bar {
        var name: String
        var look: Look
        var value: Double
        /// The number as it is written behind the bar.
        var text: String
        /// What the bar should have reached, if that is known.
        var target: Double?
    }

    var message: String
    var bars: [Bar]
    /// The value of the longest bar of all charts that are read together.
    var longest: Double

    private static let width = 340.0
    private static let row = 24.0
    private static let thickness = 14.0

    var html: HTML {
        let nameWidth = (bars.map { LineChart.width(of: $0.name) }.max() ?? 0) + 8
        let left = min(nameWidth, Self.width * 0.6)
        let numberWidth = (bars.map { LineChart.width(of: $0.text) }.max() ?? 0) + 8
        let room = max(Self.width - left - numberWidth, 40)
        let height = Self.row * Double(bars.count) + 4
        let pieces = bars.enumerated().map { index, bar -> HTML in
            let y = Double(index) * Self.row + (Self.row - Self.thickness) / 2 + 2
            func length(_ value: Double) -> Double { longest > 0 ? max(0, min(1, value / longest)) * room : 0 }
            let target: HTML =
                bar.target.map { target in
                    let x = left + length(target)
                    return
                        "<line class=\"pointer\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(y - 3)\" y2=\"\(y + Self.thickness + 3)\"/>"
                } ?? ""
            let behind = left + max(length(bar.value), bar.target.map(length) ?? 0) + 6
            return """
                <g><title>\(bar.name): \(bar.text)</title>\
                <text class="name \(bar.look.style)" x="\(left - 6)" y="\(y + 11)" text-anchor="end">\(bar.name)</text>\
                <rect class="bar \(bar.look.style)" x="\(left)" y="\(y)" width="\(max(length(bar.value), 1))" \
                height="\(Self.thickness)"/>\(target)\
                <text class="value" x="\(behind)" y="\(y + 11)">\(bar.text)</text></g>

                """
        }
        return """
            <svg viewBox="0 0 \(Self.width) \(height)" role="img" aria-label="\(message)">
            \(pieces)</svg>

            """
    }
}
