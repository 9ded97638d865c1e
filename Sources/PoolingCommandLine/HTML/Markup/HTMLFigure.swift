/// A chart, or several small ones that are read together, with a heading, a sentence on how to read it, and its numbers.
struct HTMLFigure {
    /// Small charts of one kind, side by side.
    struct Row {
        /// What they have in common; empty: nothing that needs to be said.
        var title: String
        var panels: [HTML]
    }

    var id: String
    var title: String
    /// How to read it.
    var caption: String
    var rows: [Row]
    var details: HTMLDetails
    /// Of its heading: one below that of the part that it belongs to.
    var level = 4

    /// nil: there is nothing to be seen.
    var html: HTML? {
        if rows.allSatisfy(\.panels.isEmpty) { return nil }
        return """
            <figure id="\(id)"><div class="charts">
            <figcaption><h\(level)>\(title)</h\(level)><p>\(caption)</p></figcaption>
            \(rows.filter { !$0.panels.isEmpty }.map(Self.html))</div>
            \(details.html)</figure>

            """
    }

    private static func html(_ row: Row) -> HTML {
        let title: HTML = row.title.isEmpty ? "" : "<p class=\"row-title\">\(row.title)</p>\n"
        return "<div class=\"row\">\(title)<div class=\"panels\">\n\(row.panels)</div></div>\n"
    }

    /// One small chart under its name.
    static func panel(_ title: String, _ charts: HTML...) -> HTML {
        let title: HTML = title.isEmpty ? "" : "<p class=\"panel-title\">\(title)</p>\n"
        return "<div class=\"panel\">\(title)\(charts)</div>\n"
    }
}
