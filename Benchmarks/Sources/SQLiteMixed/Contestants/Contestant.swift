/// What reads and writes the database for the clients of a run.
///
/// Both operations are one transaction each, and return the moment at which they had it: what came before is waiting.
protocol Contestant: Sendable {
    nonisolated(nonsending) func read(_ key: Int64) async throws -> Int64
    nonisolated(nonsending) func write(_ key: Int64, _ entry: LogEntry) async throws -> Int64
    func close() async throws
}

/// A contestant whose clients are threads, since its calls block them.
protocol BlockingContestant: Sendable {
    func read(_ key: Int64) throws -> Int64
    func write(_ key: Int64, _ entry: LogEntry) throws -> Int64
    func close() throws
}

/// What a write leaves behind, so that it can be told whether it happened once.
struct LogEntry: Sendable {
    var writer: Int
    /// As many as the writer's commits that were acknowledged before.
    var sequence: Int
}

/// The same for everybody, so that only what is compared differs.
struct ConnectionSettings: Sendable {
    /// Connections for reading; one more is there for writing.
    var readers: Int
    /// SQLite's page cache, for each connection.
    var cacheBytes: Int
    /// How long a lock is waited for.
    var busyTimeout = Duration.seconds(5)

    var cachePragma: String { "PRAGMA cache_size = -\(cacheBytes / 1024)" }
}
