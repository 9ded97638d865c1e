extension StatementTraits {
    /// Whether nothing but blanks, comments and semicolons comes after a statement's end. What is not certain counts as more
    /// than one.
    /// - Complexity: O(n) in the text.
    static func isSingle(_ text: String) -> Bool {
        // Whether a backslash escapes in a plain literal is for the session's `standard_conforming_strings` to say.
        hasOneEnd(text.utf8[...], escapes: false) && hasOneEnd(text.utf8[...], escapes: true)
    }

    private static func hasOneEnd(_ text: Substring.UTF8View, escapes: Bool) -> Bool {
        var rest = text
        var hasBegun = false
        var isOver = false
        var last: UInt8 = 0
        // An E on its own before a literal has the backslash escape in it.
        var isLoneE = false
        while let byte = rest.first {
            let next = rest.dropFirst().first
            switch byte {
            case UInt8(ascii: " "), 9...13: rest = rest.dropFirst()
            case UInt8(ascii: "-") where next == byte: rest = rest.drop { $0 != 10 && $0 != 13 }
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"): rest = afterComment(rest)
            case UInt8(ascii: ";"):
                isOver = hasBegun
                rest = rest.dropFirst()
            default:
                if isOver { return false }
                hasBegun = true
                rest = after(rest, last, escapes || isLoneE)
            }
            isLoneE = byte & 0xDF == UInt8(ascii: "E") && !isPartOfName(last)
            last = byte
        }
        return true
    }

    /// What comes after the literal, the quoted name or the single byte at the beginning.
    private static func after(_ text: Substring.UTF8View, _ last: UInt8, _ escapes: Bool) -> Substring.UTF8View {
        switch text.first {
        case UInt8(ascii: "'"): return afterQuotes(text, escapes: escapes)
        case UInt8(ascii: "\""): return afterQuotes(text, escapes: false)
        case UInt8(ascii: "$") where !isPartOfName(last):
            let tag = text.dropFirst().prefix { isPartOfName($0) && $0 != UInt8(ascii: "$") }
            let isNumber = tag.first.map { (48...57).contains($0) } ?? false
            guard !isNumber, text[tag.endIndex...].first == UInt8(ascii: "$") else { return text.dropFirst() }
            let mark = Array(text[...tag.endIndex])
            var rest = text.dropFirst(mark.count)
            while !rest.isEmpty, !rest.starts(with: mark) { rest = rest.dropFirst() }
            return rest.dropFirst(mark.count)
        default: return text.dropFirst()
        }
    }

    private static func afterQuotes(_ text: Substring.UTF8View, escapes: Bool) -> Substring.UTF8View {
        let quote = text.first
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), escapes {
                rest = rest.dropFirst()
            } else if byte == quote {
                // Two of them are one of the text.
                guard rest.first == quote else { break }
                rest = rest.dropFirst()
            }
        }
        return rest
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        (65...90).contains(byte & 0xDF) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "$") || byte > 127
    }
}
