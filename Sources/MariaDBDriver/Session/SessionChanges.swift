/// What borrowers have changed in a session that would reach the next one (F33, F37).
struct SessionChanges: OptionSet, Sendable {
    let rawValue: UInt8

    /// What the server reports as changed: variables, the database, temporary tables and the like.
    static let state = SessionChanges(rawValue: 1 << 0)
    /// Locks of `GET_LOCK`, of which the server says nothing.
    static let locks = SessionChanges(rawValue: 1 << 1)
    /// Variables of the user (`@name`), of which it says nothing.
    static let variables = SessionChanges(rawValue: 1 << 2)
    /// `LOCK TABLES`, the isolation of the next transaction, and other things that no report tells.
    static let tables = SessionChanges(rawValue: 1 << 3)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What a statement may do that the server does not report. Words in comments and literals count, which costs a reset
    /// that was not needed.
    init(text: String) {
        let text = text.lowercased()
        self = []
        if text.contains("get_lock") { insert(.locks) }
        if text.contains(":=") || text.contains("into @") || text.hasPrefix("set @") { insert(.variables) }
        if text.contains("lock table") || text.contains("handler ") || text.contains("set transaction") {
            insert(.tables)
        }
        if text.contains("temporary") { insert(.state) }
    }
}
