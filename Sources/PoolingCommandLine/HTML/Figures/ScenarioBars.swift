/// Bars for what a scenario came to.
enum ScenarioBars {
    static func panel(_ title: String, _ values: [(String, Double, String)], _ look: Look) -> HTML {
        let bars = values.map { BarChart.Bar(name: $0.0, look: look, value: $0.1, text: $0.2) }
        let figures = values.map { "\($0.0) \($0.2)" }.joined(separator: ", ")
        return HTMLFigure.panel(
            title,
            BarChart(message: "\(title): \(figures)", bars: bars, longest: values.map(\.1).max() ?? 0).html)
    }

    static func time(_ microseconds: Double) -> String { ReportNumber.time(microseconds: microseconds) }
}
