import PGDriver
import PoolingCore
import PoolingSQL

/// What opens a pool. Compiled and not run: nobody answers at these addresses.
enum Opening {
    static func plainPool(author: String, text: String) async throws {
        let pool = try Pool(
            Postgres(url: "postgres://app:secret@db.example.org/app"), configuration: .init(min: 2, max: 8))
        try await pool.execute("INSERT INTO notes (author, text) VALUES (\(author), \(text))")
        let rows = try await pool.query("SELECT id, text FROM notes WHERE author = \(author)")
        for row in rows {
            let (id, text) = try row.decode((Int, String).self)
            print(id, text)
        }
        await pool.shutdown()
    }

    static func server() async throws {
        let pool = try Pool(
            Postgres(url: "postgres://app:secret@db.example.org/app?statement_time_limit=5s&lock_timeout=2s"),
            configuration: .init(min: 2, max: 8, acquireTimeout: .seconds(2), maxWaiters: 1000))
        try await pool.warmUp()
    }

    static func pooler() throws -> Postgres {
        let driver = try Postgres(url: "postgres://app:secret@pooler.example.org:6432/app?pooler=transactions")
        return driver
    }

    struct Secrets {
        func current(_ name: String) async throws -> String { name }
    }

    static func settings(_ secrets: Secrets) throws -> [Pool<Postgres>] {
        let configuration = PostgresConfiguration(
            hosts: [PostgresHost("db1.example.org"), PostgresHost("db2.example.org")],
            user: "app",
            password: .provider { try await secrets.current("database") },
            targetSession: .readWrite)
        let pool = try Pool(Postgres(configuration, statementTimeLimit: .seconds(5)))

        let same = try Pool(
            Postgres(
                url: "postgres://app:secret@db1.example.org,db2.example.org/app"
                    + "?target_session_attrs=read-write&statement_time_limit=5s"))
        return [pool, same]
    }
}
