/// How a line or bar is told from others: never by its colour alone, but by its dashes, its mark and its name beside it, too.
enum Look: String, Sendable, CaseIterable {
    case pooled, dedicated, unpooled, wait, open, leased, waiting

    /// The class that the style sheet knows.
    var style: String {
        switch self {
        case .pooled, .open: "s1"
        case .dedicated, .leased: "s2"
        case .unpooled: "s3"
        case .wait, .waiting: "s4"
        }
    }

    init(mode: String) {
        switch mode {
        case ConnectionMode.dedicated.rawValue: self = .dedicated
        case ConnectionMode.unpooled.rawValue: self = .unpooled
        default: self = .pooled
        }
    }

    func mark(x: Double, y: Double) -> HTML {
        switch style {
        case "s1": "<circle class=\"mark s1\" cx=\"\(x)\" cy=\"\(y)\" r=\"3\"/>"
        case "s2": "<rect class=\"mark s2\" x=\"\(x - 2.8)\" y=\"\(y - 2.8)\" width=\"5.6\" height=\"5.6\"/>"
        case "s3": "<path class=\"mark s3\" d=\"M\(x) \(y - 3.8)l3.6 6.4h-7.2z\"/>"
        default: "<path class=\"mark s4\" d=\"M\(x) \(y - 3.9)l3.9 3.9l-3.9 3.9l-3.9 -3.9z\"/>"
        }
    }
}
