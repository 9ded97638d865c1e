/// The numbers of a chart, for those who can't see it or want them exactly.
struct HTMLTable {
    struct Column {
        var title: String
        var isNumber = true
    }

    /// What it is, in words.
    var caption: String
    var columns: [Column]
    var rows: [[String]] = []

    /// In a box that scrolls by itself: a wide table must not make the page wide.
    var html: HTML {
        """
        <div class="scroll\(columns.count > 13 ? " wide" : "")" role="region" tabindex="0" aria-label="\(caption)"><table>
        <caption>\(caption)</caption>
        <thead><tr>\(columns.map { "<th scope=\"col\"\(Self.kind($0))>\($0.title)</th>" as HTML })</tr></thead>
        <tbody>
        \(rows.map(row))</tbody></table></div>

        """
    }

    private func row(_ cells: [String]) -> HTML {
        let pieces = zip(columns, cells).enumerated().map { index, pair -> HTML in
            let (column, cell) = pair
            return index == 0
                ? "<th scope=\"row\"\(Self.kind(column))>\(cell)</th>" : "<td\(Self.kind(column))>\(cell)</td>"
        }
        return "<tr>\(pieces)</tr>\n"
    }

    private static func kind(_ column: Column) -> HTML { column.isNumber ? " class=\"number\"" : "" }
}

/// Tables behind a line that opens them.
struct HTMLDetails {
    var summary: String
    var tables: [HTMLTable]

    var html: HTML {
        "<details><summary>\(summary)</summary>\n\(tables.map(\.html))</details>\n"
    }
}
