internal import PoolingSQL

/// Which way the rows of a `COPY` go between the server and this program.
enum CopyDirection: Hashable {
    case fromClient, toClient

    /// What stands in the statement.
    var words: String { self == .fromClient ? "COPY … FROM STDIN" : "COPY … TO STDOUT" }
    /// What such a statement is for.
    var call: String { self == .fromClient ? "copyIn" : "copyOut" }
}

/// What an exchange does with a `COPY` that the server begins in it.
enum CopyUse: Hashable {
    /// Refuses it: the statement was one for something else.
    case none
    case wanted(CopyDirection)
    /// Ends it, without a word about it.
    case givenUp
}

/// The text of a `COPY`, looked at before it is sent.
struct CopyStatement {
    let text: String

    /// - Throws: ``SQLError`` of kind `.syntax`; nothing was sent.
    init(_ query: SQLQuery, _ direction: CopyDirection) throws {
        text = query.text(in: Postgres.dialect)
        // libpq would send what stands before it.
        if text.utf8.contains(0) { throw SQLError(.syntax, "the statement's text contains a NUL character") }
        guard Self.keyword(of: text) == "copy" else {
            throw SQLError(
                .syntax,
                "\(direction.call) takes a \(direction.words), and was given another statement, which was not executed; "
                    + "use query or execute for it")
        }
        guard query.binds.isEmpty else {
            throw SQLError(
                .syntax,
                "PostgreSQL takes no bound values in a COPY, and \(query.binds.count) were given; nothing was executed: "
                    + "copy from a view or a temporary table that holds what is wanted")
        }
    }

    /// Whether a statement may be a `COPY` whose rows come from this program or go to it. A file's name that has such a
    /// word in it counts, too.
    static func mayReachClient(_ text: String) -> Bool {
        guard keyword(of: text) == "copy" else { return false }
        let text = text.lowercased()
        return text.contains("stdin") || text.contains("stdout")
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
    private static func afterComment(_ text: Substring.UTF8View) -> Substring.UTF8View {
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
