/// A piece of a page. What is put into one is escaped unless it is a piece itself, so no text from outside (a URL, a
/// server's version, a command line) becomes markup.
///
///     let piece: HTML = "<p title=\"\(text)\">\(other)</p>"
struct HTML: Sendable, Equatable {
    private(set) var text: String

    static let empty: HTML = ""

    /// Fit for text and for attributes in quotation marks.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func + (first: HTML, second: HTML) -> HTML { HTML(markup: first.text + second.text) }
    static func += (first: inout HTML, second: HTML) { first.text += second.text }

    private init(markup: String) { text = markup }
}

extension HTML: ExpressibleByStringInterpolation {
    init(stringLiteral markup: String) { text = markup }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ markup: String) { text += markup }
        mutating func appendInterpolation(_ piece: HTML) { text += piece.text }
        mutating func appendInterpolation(_ pieces: [HTML]) { for piece in pieces { text += piece.text } }
        mutating func appendInterpolation(_ outside: String) { text += HTML.escaped(outside) }
        mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

        /// A coordinate of a drawing: a tenth of a pixel is enough.
        mutating func appendInterpolation(_ coordinate: Double) {
            let tenths = coordinate.isFinite ? Int((Swift.max(-1e6, Swift.min(coordinate, 1e6)) * 10).rounded()) : 0
            text += tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
        }
    }
}
