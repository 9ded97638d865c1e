import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes to a database until it is killed: `sqlite-crash-writer PATH JOURNAL-MODE FIRST-NUMBER`.
///
/// Each transaction puts one number into two tables, and every fifth is rolled back with both rows in it. The number of
/// a transaction that was committed goes to standard output, as eight bytes, after `transaction` has returned.
@main struct CrashWriter {
    private struct Undone: Error {}
    private static let next = Atomic(0)

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let mode = SQLite.JournalMode(rawValue: arguments[2]),
            let first = Int(arguments[3])
        else { exit(2) }
        let pool = try Pool(
            SQLite(path: arguments[1], journalMode: mode, busyTimeout: .seconds(60)),
            configuration: PoolConfiguration(max: 4))
        try await pool.execute("CREATE TABLE IF NOT EXISTS a(number INTEGER NOT NULL)")
        try await pool.execute("CREATE TABLE IF NOT EXISTS b(number INTEGER NOT NULL)")
        next.store(first, ordering: .relaxed)
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<6 {
                group.addTask {
                    while true { try await insert(next.add(1, ordering: .relaxed).oldValue, into: pool) }
                }
            }
        }
    }

    private static func insert(_ number: Int, into pool: Pool<SQLite>) async throws {
        do {
            try await pool.transaction { handle in
                try await handle.execute("INSERT INTO a VALUES(\(number))")
                try await handle.execute("INSERT INTO b VALUES(\(number))")
                if number % 5 == 0 { throw Undone() }
            }
        } catch is Undone { return }
        acknowledge(number)
    }

    /// In one piece, since it is shorter than what a pipe takes at once.
    private static func acknowledge(_ number: Int) {
        withUnsafeBytes(of: Int64(number)) { bytes in
            guard write(STDOUT_FILENO, bytes.baseAddress, bytes.count) == bytes.count else { exit(3) }
        }
    }
}
