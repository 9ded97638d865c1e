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
        guard StatementTraits.keyword(of: text) == "copy" else {
            throw SQLError(
                .syntax,
                "\(direction.call) takes a \(direction.words), and was given another statement, which was not executed; "
                    + "use query or execute for it")
        }
        // It goes out by a way on which the server would execute what comes after it, too.
        guard StatementTraits.isSingle(text) else {
            throw SQLError(
                .syntax,
                "\(direction.call) takes one statement, and was given more than one, separated by ';'; nothing was executed: "
                    + "run the others by calls of their own")
        }
        guard query.binds.isEmpty else {
            throw SQLError(
                .syntax,
                "PostgreSQL takes no bound values in a COPY, and \(query.binds.count) were given; nothing was executed: "
                    + "copy from a view or a temporary table that holds what is wanted")
        }
    }
}
