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
        let isSetting = FirstWord.of(text) == "set"
        let text = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        self = []
        if text.contains("get_lock") { insert(.locks) }
        if text.contains(":=") || text.contains("into") && text.contains("@") || isSetting && text.contains("@") {
            insert(.variables)
        }
        if ["lock table", "handler ", "flush ", "backup "].contains(where: text.contains) { insert(.tables) }
        // Of the next transaction alone.
        if isSetting, ["transaction", "tx_isolation", "tx_read_only"].contains(where: text.contains) {
            insert(.tables)
        }
        // Or the reports themselves.
        if text.contains("temporary") || isSetting && text.contains("session_track") { insert(.state) }
    }

    /// What one may have done before it failed, of which the server says nothing then.
    static func ofFailed(_ verb: String) -> SessionChanges {
        ["call", "set", "begin", "execute"].contains(verb) ? [.state] : []
    }
}
