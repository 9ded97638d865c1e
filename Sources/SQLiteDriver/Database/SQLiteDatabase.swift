public import PoolingCore
public import PoolingSQL

/// One SQLite file with one writer and several readers, which do not wait for each other.
///
///     let database = try SQLiteDatabase(SQLite(path: "app.db"))
///     try await database.write { try await $0.execute("INSERT INTO users(name) VALUES(\(name))") }
///     let rows = try await database.read { try await $0.query("SELECT name FROM users") }
///
/// A plain pool lends every connection for everything; then writers meet in SQLite, where who waits comes again and
/// again until he is lucky. Here they queue in the pool, first come, first served (F41, F42). Readers never block the
/// writer nor it them: each read sees the database as it was at one moment. The write-ahead log is checkpointed in the
/// background and stays bounded under constant reading (F45). Who wants to know what changes reads ``changes(in:)``.
///
/// It works from the moment it is made; ``shutdown(within:)`` ends it. Other processes may use the file, too: a write
/// that meets theirs is tried again for `busyTimeout`, but their changes are not among ``changes(in:)``.
public final class SQLiteDatabase: Sendable {
    /// For ``read(timeout:_:)``. Its connections refuse to write.
    public let readers: Pool<SQLite>
    /// For ``write(timeout:_:)``: one connection.
    public let writer: Pool<SQLite>
    private let checkpoints: Pool<SQLite>
    private let checkpointer: Checkpointer
    private let hub: SQLiteChanges.Hub

    /// - Parameters:
    ///   - driver: the file and its settings. It has to be a file, with a write-ahead log, that is opened for writing;
    ///     `walAutocheckpoint` stands in `checkpointing` here.
    ///   - readers: as many connections read at once, at most. Each has a page cache of its own.
    ///   - name: for errors, metrics and logs: its pools are called by it. Default: "sqlite" and the file's name.
    ///   - configuration: of both pools, but for `min` and `max`, which are not to be set: one reader and the writer
    ///     are kept open.
    ///   - checkpointing: when the log is moved into the file.
    ///   - observers: are told what happens in the pools.
    /// - Throws: `PoolConfigurationError`.
    public init(
        _ driver: SQLite, readers: Int = 4, name: String? = nil, configuration: PoolConfiguration = PoolConfiguration(),
        checkpointing: Checkpointing = Checkpointing(), observers: [any PoolObserver] = []
    ) throws(PoolConfigurationError) {
        try Self.check(driver, readers, configuration)
        try checkpointing.check()
        let name = name ?? "sqlite \(driver.path.split(separator: "/").last ?? "")"
        let hub = SQLiteChanges.Hub()
        let growth = LogGrowth()
        let log = WriteLog(growth: growth) { hub.tell($0) }

        var configuration = configuration
        configuration.min = 1
        configuration.max = 1
        var part = driver
        part.part = .writer(log)
        // In one queue the writers' turns would wait for those of all readers.
        if driver.execution == .executor { part.executor = BlockingExecutor(serialOn: driver.executor) }
        writer = try Pool(part, name: "\(name) writer", configuration: configuration, observers: observers)
        configuration.max = readers
        part = driver
        part.part = .reader
        self.readers = try Pool(part, name: "\(name) readers", configuration: configuration, observers: observers)
        // Open from the beginning to the end: two connections that close at once take each other for users of the log, and
        // leave it behind.
        configuration.max = 1
        // What a checkpoint waits for is the disk. In the queue of a crowded executor it would come too late, while the
        // log grows.
        part = driver
        part.execution = .executor
        part.executor = BlockingExecutor(serialOn: driver.executor)
        checkpoints = try Pool(part, name: "\(name) checkpoints", configuration: configuration, observers: observers)
        self.hub = hub
        checkpointer = Checkpointer(checkpoints, writer: writer, policy: checkpointing, growth: growth)
        // It holds the pools and not the database, whose end is its end.
        Task.detached(executorPreference: part.executor) { [checkpointer] in await checkpointer.run() }
    }

    deinit { end() }

    private func end() {
        checkpointer.stop()
        hub.end()
    }

    // MARK: Reading and writing

    /// Runs `body` in a transaction that reads: everything in it is as it was at one moment, that of its first
    /// statement. A statement that writes is refused.
    ///
    /// - Parameter timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    /// - Throws: what `body` throws, ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func read<R>(
        timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: nonisolated(nonsending) (SQLiteHandle) async throws -> R
    ) async throws -> R {
        try await readers.transaction(.readOnly, timeout: timeout, fileID: fileID, line: line, body)
    }

    /// Runs `body` in a transaction that writes: committed when it returns, rolled back when it throws. Writers take
    /// turns in the order in which they came.
    ///
    /// In it, reading sees what it has written; ``read(timeout:_:)`` does not until it is committed. Another `write` in
    /// `body` would wait for itself and is refused at once: pass the connection on instead.
    ///
    /// - Parameter timeout: bounds the wait for the writers before. Default: `acquireTimeout`.
    /// - Throws: what `body` throws, ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func write<R>(
        timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: nonisolated(nonsending) (SQLiteHandle) async throws -> R
    ) async throws -> R {
        try await writer.transaction(.readWrite, timeout: timeout, fileID: fileID, line: line, body)
    }

    /// Runs one statement that reads, and collects its rows.
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @inlinable public nonisolated(nonsending) func query(
        _ query: SQLQuery, timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [SQLRow] {
        try await readers.query(query, timeout: timeout, fileID: fileID, line: line)
    }

    /// Runs one statement on the writer's connection; rows are dropped.
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func execute(
        _ query: SQLQuery, timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> SQLResult {
        try await writer.execute(query, timeout: timeout, fileID: fileID, line: line)
    }

    /// Runs statements for their effects in one transaction: all of them or none.
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func batch(
        _ queries: [SQLQuery], timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [SQLResult] {
        try await writer.batch(queries, timeout: timeout, fileID: fileID, line: line)
    }

    // MARK: Observing

    /// What is committed from now on, of interest for `tables` or, nil, for anybody.
    ///
    ///     for await _ in database.changes(in: ["users"]) { users = try await database.query("SELECT …") }
    ///
    /// Changes of the schema are told to everybody. Commits of other processes, and of connections outside of this
    /// object, are not seen.
    ///
    /// - Parameter tables: names of tables, whatever their case.
    public func changes(in tables: Set<String>? = nil) -> SQLiteChanges { SQLiteChanges(hub.subscribe(to: tables)) }

    // MARK: Upkeep

    /// Moves the write-ahead log into the file now. Nothing has to: it is done in the background.
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func checkpoint(
        _ mode: SQLiteCheckpoint.Mode = .passive
    ) async throws -> SQLiteCheckpoint {
        try await checkpoints.withConnection { try await $0.checkpoint(mode) }
    }

    /// Copies the database as it is at one moment into a file, while others write: ``SQLiteHandle/backup(to:pagesPerStep:check:progress:)``
    /// on a reader, which is in use until the end, and keeps the log from beginning anew.
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError`, `CancellationError`, and what `progress` throws.
    @discardableResult public nonisolated(nonsending) func backup(
        to path: String, pagesPerStep: Int = 256, check: Bool = true,
        progress: nonisolated(nonsending) (_ remaining: Int, _ total: Int) async throws -> Void = { _, _ in }
    ) async throws -> SQLiteBackup {
        try await readers.withConnection {
            try await $0.backup(to: path, pagesPerStep: pagesPerStep, check: check, progress: progress)
        }
    }

    /// Why the last checkpoint in the background failed; nil if it did not. It is tried again as the log grows.
    public var checkpointFailure: (any Error)? { checkpointer.lastFailure }

    /// Opens the writer and a reader, and proves that they work.
    /// - Throws: what keeps them from it.
    public func warmUp(timeout: Duration? = nil) async throws {
        try await writer.warmUp(timeout: timeout)
        try await readers.warmUp(timeout: timeout)
    }

    /// Refuses what comes from now on, waits for the loans, and closes: the last connection moves the log into the file
    /// and removes it.
    ///
    /// - Returns: what became of the readers' and of the writer's loans.
    @discardableResult
    public func shutdown(within limit: Duration = .seconds(5)) async -> Shutdown {
        end()
        async let readers = readers.shutdown(within: limit)
        async let writer = writer.shutdown(within: limit)
        let report = await Shutdown(readers: readers, writer: writer)
        // Last, since who closes last has the log to move.
        _ = await checkpoints.shutdown(within: limit)
        return report
    }

    /// What a shutdown has found.
    public struct Shutdown: Sendable, Hashable {
        public let readers: ShutdownReport
        public let writer: ShutdownReport
        /// Nothing had to be forced.
        public var isClean: Bool { readers.isClean && writer.isClean }
    }
}
