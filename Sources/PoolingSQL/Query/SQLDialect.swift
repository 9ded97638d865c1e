/// How a database writes what differs between them all: placeholders and quoted names.
public struct SQLDialect: Sendable, Hashable {
    public enum Placeholders: Sendable, Hashable {
        /// `?`
        case questionMark
        /// `$1`, `$2` …
        case dollarNumber
    }

    public var placeholders: Placeholders
    /// What stands around a quoted name, and is doubled inside it: `"` in standard SQL, a backtick in MariaDB.
    public var identifierQuote: Character

    public init(placeholders: Placeholders, identifierQuote: Character) {
        self.placeholders = placeholders
        self.identifierQuote = identifierQuote
    }

    /// The placeholder of the value at `position`, counted from 1.
    func placeholder(_ position: Int) -> String {
        switch placeholders {
        case .questionMark: "?"
        case .dollarNumber: "$\(position)"
        }
    }

    func quoted(_ name: String) -> String {
        // By Unicode scalar: as a Character, a quote that a combining mark follows would not be found.
        let quote = identifierQuote.unicodeScalars
        var text = String.UnicodeScalarView(quote)
        for scalar in name.unicodeScalars {
            if quote.contains(scalar) { text.append(scalar) }
            text.append(scalar)
        }
        text += quote
        return String(text)
    }
}
