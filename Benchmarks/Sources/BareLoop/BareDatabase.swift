internal import CBareSQLite

/// One connection to the database of the bare loop.
final class BareDatabase {
    let handle: OpaquePointer

    struct Failure: Error {
        var message: String
    }

    init(path: String) throws {
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(
            path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
            nil)
        guard code == SQLITE_OK, let handle else { throw Failure(message: "can't open \(path): code \(code)") }
        self.handle = handle
        try execute("PRAGMA journal_mode = wal; PRAGMA synchronous = normal; PRAGMA foreign_keys = 1")
    }

    deinit { sqlite3_close_v2(handle) }

    /// The data set of the benchmark.
    func makeRows() throws {
        try execute(
            """
            BEGIN;
            CREATE TABLE pooling_bench
            (id INTEGER NOT NULL PRIMARY KEY, hits INTEGER NOT NULL, name VARCHAR(64) NOT NULL);
            INSERT INTO pooling_bench WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000)
            SELECT i, 0, 'row number ' || i FROM n;
            COMMIT
            """)
    }

    func prepare(_ text: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw Failure(message: "can't prepare: code \(code)") }
        return statement
    }

    private func execute(_ text: String) throws {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw Failure(message: "\(String(cString: sqlite3_errmsg(handle))): \(text)") }
    }
}
