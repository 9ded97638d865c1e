/// What borrowers have changed in a session that would reach the next one (F33).
struct SessionChanges: OptionSet, Sendable {
    let rawValue: UInt16

    /// `SET`, and what resets go by the same way.
    static let settings = SessionChanges(rawValue: 1 << 0)
    static let listening = SessionChanges(rawValue: 1 << 1)
    /// Cursors `WITH HOLD`: others go with their transaction.
    static let cursors = SessionChanges(rawValue: 1 << 2)
    /// Statements that `PREPARE` has made.
    static let prepared = SessionChanges(rawValue: 1 << 3)
    static let temporaries = SessionChanges(rawValue: 1 << 4)
    static let locks = SessionChanges(rawValue: 1 << 5)
    /// What nothing takes back: a library was loaded.
    static let irreversible = SessionChanges(rawValue: 1 << 6)
    /// All statements of the session were dropped, those of the cache with them.
    static let droppedStatements = SessionChanges(rawValue: 1 << 7)

    /// What is put back for a session whose changes were not looked at.
    static let all: SessionChanges = [.settings, .listening, .cursors, .prepared, .temporaries, .locks]

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// What a statement will change that its command tag does not tell. Words in comments and literals count, which costs
    /// a reset that was not needed.
    init(text: String) {
        let text = text.lowercased()
        self = []
        // Temporary tables, views, sequences; `SELECT … INTO TEMP` and `INTO pg_temp.t`.
        if text.contains("temp") { insert(.temporaries) }
        if text.contains("advisory") { insert(.locks) }
        if text.contains("set_config") { insert(.settings) }
    }

    /// What the server says to have done.
    init(tag: String) {
        switch tag {
        case "SET", "RESET": self = .settings
        case "LISTEN": self = .listening
        case "DECLARE CURSOR": self = .cursors
        case "PREPARE": self = .prepared
        case "LOAD": self = .irreversible
        case "DEALLOCATE ALL", "DISCARD ALL": self = .droppedStatements
        default: self = []
        }
    }
}
