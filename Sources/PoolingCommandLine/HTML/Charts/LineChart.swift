/// Lines over an axis, each named where it ends.
struct LineChart {
    struct Point {
        var x: Double
        /// nil: not known; the line goes on to the next one that is.
        var y: Double?
    }

    struct Line {
        var name: String
        var look: Look
        var points: [Point]
        /// Each point is a run of its own, and is marked.
        var hasMarks = false
    }

    /// A place on the x axis that is pointed out.
    struct Highlight {
        var x: Double
        var text: String
    }

    /// What it says, for those who can't see it.
    var message: String
    var x: Scale
    /// nil: nothing is written below the axis, since the chart below has the same.
    var xTitle: String?
    var y: Scale
    var lines: [Line]
    var highlight: Highlight?
    var height = 200.0

    private static let width = 340.0
    private static let left = 50.0
    private var top: Double { highlight == nil ? 10 : 22 }
    private var bottom: Double { height - (xTitle == nil ? 8 : 36) }
    /// The names stand behind it.
    private var end: Double {
        Self.width - max(76, 13 + (lines.map { Self.width(of: $0.name) }.max() ?? 0))
    }

    private func place(_ value: Double) -> Double { Self.left + x.fraction(value) * (end - Self.left) }
    private func level(_ value: Double) -> Double { bottom - y.fraction(value) * (bottom - top) }

    var html: HTML {
        """
        <svg viewBox="0 0 \(Self.width) \(height)" role="img" aria-label="\(message)">
        \(axes)\(pointer)\(lines.map(path))\(names)</svg>

        """
    }

    private var axes: HTML {
        var html: HTML = ""
        for tick in y.ticks {
            let level = level(tick.value)
            html += "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(end)\" y1=\"\(level)\" y2=\"\(level)\"/>"
            html +=
                "<text class=\"tick\" x=\"\(Self.left - 6)\" y=\"\(level + 3.6)\" text-anchor=\"end\">\(tick.text)</text>"
        }
        var free = -Double.infinity
        for tick in x.ticks {
            let place = place(tick.value)
            html += "<line class=\"axis\" x1=\"\(place)\" x2=\"\(place)\" y1=\"\(bottom)\" y2=\"\(bottom + 4)\"/>"
            // Where there is no room for a text, its tick stands alone.
            let half = Self.width(of: tick.text) / 2
            if xTitle == nil || tick.text.isEmpty || place - half < free { continue }
            free = place + half + 5
            html +=
                "<text class=\"tick\" x=\"\(place)\" y=\"\(bottom + 17)\" text-anchor=\"middle\">\(tick.text)</text>"
        }
        html += "<line class=\"axis\" x1=\"\(Self.left)\" x2=\"\(end)\" y1=\"\(bottom)\" y2=\"\(bottom)\"/>"
        if let xTitle {
            html +=
                "<text class=\"tick\" x=\"\((Self.left + end) / 2)\" y=\"\(bottom + 31)\" text-anchor=\"middle\">\(xTitle)</text>"
        }
        return html
    }

    private var pointer: HTML {
        guard let highlight else { return "" }
        let place = place(highlight.x)
        let half = Self.width(of: highlight.text) / 2
        let middle = min(max(place, half), Self.width - half)
        return """
            <line class="pointer" x1="\(place)" x2="\(place)" y1="\(top - 5)" y2="\(bottom)"/>\
            <text class="name" x="\(middle)" y="\(top - 10)" text-anchor="middle">\(highlight.text)</text>

            """
    }

    private func path(_ line: Line) -> HTML {
        let places = line.points.compactMap { point in
            point.y.map { (x: place(point.x), y: level($0)) }
        }
        guard let first = places.first, let last = places.last else { return "" }
        let steps = places.dropFirst().map { "L\($0.x) \($0.y)" as HTML }
        let marks =
            line.hasMarks ? places.map { line.look.mark(x: $0.x, y: $0.y) } : [line.look.mark(x: last.x, y: last.y)]
        return """
            <g><title>\(line.name)</title>\
            <path class="line \(line.look.style)" d="M\(first.x) \(first.y)\(steps)"/>\(marks)</g>

            """
    }

    private struct End {
        var line: Line
        var x: Double
        var y: Double
    }

    private var ends: [End] {
        lines.compactMap { line in
            guard let last = line.points.last(where: { $0.y != nil }), let y = last.y else { return nil }
            return End(line: line, x: place(last.x), y: level(y))
        }
    }

    /// Whether the name of a line fits right behind its end, within the chart.
    private func hasRoom(behind end: End) -> Bool {
        let name = end.x + 6...end.x + 10 + Self.width(of: end.line.name)
        guard name.upperBound < self.end - 4, end.y > top + 6 else { return false }
        return lines.allSatisfy { line in
            if line.name == end.line.name { return true }
            let places = line.points.compactMap { point in point.y.map { (x: place(point.x), y: level($0)) } }
            return zip(places, places.dropFirst()).allSatisfy { from, to in
                to.x < name.lowerBound || from.x > name.upperBound
                    || min(from.y, to.y) > end.y + 11 || max(from.y, to.y) < end.y - 11
            }
        }
    }

    private var names: HTML {
        let inside = ends.filter(hasRoom)
        let named = ends.filter { !hasRoom(behind: $0) }
        let heights = LabelColumn(top: top + 2, bottom: bottom - 2).heights(named.map(\.y))
        let pieces = zip(named, heights).map { named, height -> HTML in
            """
            <path class="leader" d="M\(named.x + 5) \(named.y)L\(end + 8) \(height)"/>\
            <text class="name \(named.line.look.style)" x="\(end + 11)" y="\(height + 3.8)">\(named.line.name)</text>

            """
        }
        return "\(inside.map(Self.name))\(pieces)"
    }

    private static func name(_ end: End) -> HTML {
        "<text class=\"name \(end.line.look.style)\" x=\"\(end.x + 7)\" y=\"\(end.y + 3.8)\">\(end.line.name)</text>\n"
    }

    /// At the size of the style sheet, in a font that is rather wide; which one a browser takes is not known.
    static func width(of text: String) -> Double { Double(text.count) * 6.8 }
}
