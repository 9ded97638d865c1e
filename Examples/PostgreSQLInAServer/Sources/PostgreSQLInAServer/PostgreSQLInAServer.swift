import Foundation
import PGDriver
import PoolingCore
import PoolingSQL

/// Every sample of the driver's documentation, against the database that `DATABASE_URL` names: one that may be filled.
/// Each says what it found; one that finds something else ends the program with status 1.
@main
struct PostgreSQLInAServer {
    static func main() async {
        do {
            guard let url = ProcessInfo.processInfo.environment["DATABASE_URL"] else {
                throw Mismatch(claim: "DATABASE_URL names a database, as in postgres://app:secret@localhost/app")
            }
            let pool = try Pool(Postgres(url: url), configuration: .init(max: 4))
            try await run(on: pool)
            let report = await pool.shutdown(within: .seconds(5))
            try expect(report.isClean, "the shutdown had to force nothing")
            return
        } catch {
            print("PostgreSQLInAServer failed: \(error)")
        }
        exit(1)
    }

    static func run(on pool: Pool<Postgres>) async throws {
        try await pool.batch([
            "DROP TABLE IF EXISTS comments, orders, readings",
            "CREATE TABLE comments (page int NOT NULL, text text NOT NULL)",
            "CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, total numeric NOT NULL)",
            "CREATE TABLE readings (sensor text NOT NULL, value float8)",
        ])
        try await Requests.run(on: pool)
        try await Copying.run(on: pool)
        try await Listening.run(on: pool)
        try await pool.execute("DROP TABLE comments, orders, readings")
    }
}
