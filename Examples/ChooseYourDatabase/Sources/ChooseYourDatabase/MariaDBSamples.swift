import MariaDBDriver
import PoolingCore
import PoolingSQL

/// The samples of MariaDBDriver's documentation, compiled; there is no db.example.org to run them on.
enum MariaDBSamples {
    static func notes(by author: String, _ text: String) async throws {
        let pool = try Pool(
            MariaDB(url: "mariadb://app:secret@db.example.org/app"), configuration: .init(min: 2, max: 8))
        try await pool.execute("INSERT INTO notes (author, text) VALUES (\(author), \(text))")
        let rows = try await pool.query("SELECT id, text FROM notes WHERE author = \(author)")
        for row in rows {
            let (id, text) = try row.decode((Int, String).self)
            print(id, text)
        }
        await pool.shutdown()
    }

    static func onAnEventLoop(_ pool: Pool<MariaDB>, page: Int) async throws {
        try await withTaskExecutorPreference(MariaDB.nextExecutor()) {
            let rows = try await pool.withConnection { connection in
                try await connection.until(.now + .seconds(2)).query("SELECT text FROM comments WHERE page = \(page)")
            }
            print(rows.count)
        }
    }

    static func settings(_ secrets: Secrets) throws -> [Pool<MariaDB>] {
        let configuration = MariaDBConfiguration(
            hosts: [MariaDBHost("db1.example.org"), MariaDBHost("db2.example.org")],
            user: "app",
            password: .provider { try await secrets.current("database") },
            database: "app",
            targetSession: .readWrite)
        let pool = try Pool(MariaDB(configuration, statementTimeLimit: .seconds(5)))

        let same = try Pool(
            MariaDB(
                url: "mariadb://app:secret@db1.example.org,db2.example.org/app"
                    + "?target_session_attrs=read-write&statement_time_limit=5s"))
        return [pool, same]
    }

    /// Wherever secrets are kept.
    struct Secrets {
        func current(_ name: String) async throws -> String { name }
    }
}
