/// What a statement's first word says of it.
struct StatementTraits {
    /// Its rows may come from this program, or go to it as bytes. A file's name that has such a word in it counts, too.
    let mayCopy: Bool
    /// It may have committed a part of its work, whatever becomes of the rest.
    let mayCommit: Bool
    /// It ends the transaction that it is in, so that what came before it may stay.
    let endsTransaction: Bool

    init(_ text: String) {
        let keyword = Self.keyword(of: text)
        switch keyword {
        case "call", "do", "vacuum", "cluster", "reindex": mayCommit = true
        // An index that was made halfway stays, and is invalid; so does a partition that was detached halfway.
        case "create", "drop", "alter": mayCommit = text.lowercased().contains("concurrently")
        default: mayCommit = false
        }
        endsTransaction = ["commit", "end", "rollback", "abort"].contains(keyword)
        mayCopy = keyword == "copy" && Self.copies(text.lowercased())
    }

    private static func copies(_ text: String) -> Bool { text.contains("stdin") || text.contains("stdout") }

    /// Whether a statement that came to its end may have changed something. Words in comments, literals and names count;
    /// what a function does is not seen.
    static func mayChange(_ text: String) -> Bool {
        let keyword = keyword(of: text)
        guard ["select", "values", "table", "show", "explain", "copy"].contains(keyword) else { return true }
        let text = text.lowercased()
        // What is copied between the server and its own files is done when it is.
        if keyword == "copy", !copies(text) { return true }
        var words = ["insert", "update", "delete", "merge"]
        if keyword != "copy" { words.append("into") }
        return words.contains { text.contains($0) }
    }

    /// The first word of a statement, in lower case, after blanks, comments and empty statements.
    /// - Complexity: O(n) in what stands before the word.
    static func keyword(of text: String) -> String {
        var rest = text.utf8[...]
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: " "), 9...13, UInt8(ascii: ";"): rest = rest.dropFirst()
            case UInt8(ascii: "-") where rest.dropFirst().first == UInt8(ascii: "-"):
                rest = rest.drop { $0 != 10 && $0 != 13 }
            case UInt8(ascii: "/") where rest.dropFirst().first == UInt8(ascii: "*"): rest = afterComment(rest)
            default:
                let word = rest.prefix { (65...90).contains($0 & 0xDF) }
                return String(decoding: word, as: UTF8.self).lowercased()
            }
        }
        return ""
    }

    /// Comments nest.
    static func afterComment(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var rest = text.dropFirst(2)
        var depth = 1
        while depth > 0, let byte = rest.popFirst() {
            if byte == UInt8(ascii: "*"), rest.first == UInt8(ascii: "/") {
                depth -= 1
                rest = rest.dropFirst()
            } else if byte == UInt8(ascii: "/"), rest.first == UInt8(ascii: "*") {
                depth += 1
                rest = rest.dropFirst()
            }
        }
        return rest
    }
}
