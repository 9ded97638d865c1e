internal import GRDB
internal import PoolingSQL

/// The statements of a transaction, for each of the two interfaces. Their text is the same to the letter.
enum Work {
    /// Rows that a read counts.
    static let span: Int64 = 20

    /// A statement did not find what is certainly there.
    struct WrongResult: Error, CustomStringConvertible {
        var description: String
    }

    private static func check(name: String?, count: Int64?, from key: Int64) throws {
        guard name != nil else { throw WrongResult(description: "row \(key) of table items was not found") }
        guard count == span else {
            throw WrongResult(description: "\(count ?? 0) rows from \(key) on were counted, and not \(span)")
        }
    }

    // MARK: Ours

    nonisolated(nonsending) static func read(_ key: Int64, on connection: some SQLConnection) async throws {
        let name = try await connection.query("SELECT name FROM items WHERE id = \(key)")
            .first?.decode(String.self)
        let count = try await connection.query(
            "SELECT count(*) FROM items WHERE id BETWEEN \(key) AND \(key + span - 1)"
        )
        .first?.decode(Int64.self)
        try check(name: name, count: count, from: key)
    }

    nonisolated(nonsending) static func write(
        _ key: Int64, _ entry: LogEntry, on connection: some SQLConnection
    ) async throws {
        try await connection.execute("UPDATE items SET value = value + 1 WHERE id = \(key)")
        try await connection.execute("INSERT INTO log (writer, sequence) VALUES (\(entry.writer), \(entry.sequence))")
    }

    // MARK: GRDB

    // Cached statements, values read straight from SQLite, and arguments bound without counting them: the fastest that
    // GRDB documents for raw SQL, and what its own records do.

    static func read(_ key: Int64, on database: Database) throws {
        let point = try database.cachedStatement(sql: "SELECT name FROM items WHERE id = ?")
        point.setUncheckedArguments([key])
        let name = try String.fetchOne(point)
        let range = try database.cachedStatement(sql: "SELECT count(*) FROM items WHERE id BETWEEN ? AND ?")
        range.setUncheckedArguments([key, key + span - 1])
        let count = try Int64.fetchOne(range)
        try check(name: name, count: count, from: key)
    }

    static func write(_ key: Int64, _ entry: LogEntry, on database: Database) throws {
        let update = try database.cachedStatement(sql: "UPDATE items SET value = value + 1 WHERE id = ?")
        update.setUncheckedArguments([key])
        try update.execute()
        let insert = try database.cachedStatement(sql: "INSERT INTO log (writer, sequence) VALUES (?, ?)")
        insert.setUncheckedArguments([entry.writer, entry.sequence])
        try insert.execute()
    }
}
