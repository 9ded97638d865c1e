/// Columns of text, set wide enough for what is in them.
struct TextTable {
    struct Column {
        var title: String
        var isNumber = false
    }

    var columns: [Column]
    var rows: [[String]] = []

    var text: String {
        let widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
        }
        let lines = ([columns.map(\.title)] + rows).map { cells in
            let padded = cells.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - cells[index].count)
                return columns[index].isNumber ? padding + cells[index] : cells[index] + padding
            }
            return Self.trimmed(padded.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
