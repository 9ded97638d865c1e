/// The names of a session's prepared statements.
struct StatementNames {
    /// Of forgotten statements that the server still has: it is told when it is asked for the next one.
    private(set) var condemned: [String] = []
    private var count = 0

    /// A name that no statement of this session has had.
    mutating func next() -> String {
        count += 1
        return "pooling_\(count)"
    }

    mutating func condemn(_ statement: PreparedStatement) {
        if !statement.name.isEmpty { condemned.append(statement.name) }
    }

    mutating func forgetCondemned() { condemned = [] }
}
