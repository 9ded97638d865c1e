public import PoolingCore

extension SQLite {
    /// A database in memory that all connections of a pool share: `try Pool(SQLite.inMemory())` (F48).
    ///
    /// It is empty at first, and lives as long as this value, a copy of it, another driver of the same name or a
    /// connection of any of them: not as long as any particular connection, so that the pool may close and replace its
    /// connections as it likes. Nothing of it reaches a disk, and when it is forgotten its contents are gone. SQLite
    /// allows it 1 GiB.
    ///
    /// There is no write-ahead log in memory: whoever writes keeps readers out until the end of the transaction, and
    /// readers keep a writer from committing. Both wait for each other, holding no thread, up to `busyTimeout`.
    ///
    /// - Parameters:
    ///   - name: what other drivers of this process share it by; not empty. nil: only copies of this value do.
    ///   - foreignKeys: whether foreign keys are enforced.
    ///   - busyTimeout: how long a statement is tried again while another connection holds the lock that it needs.
    ///   - statementCacheCapacity: prepared statements kept for each connection; at least 1.
    ///   - execution: where calls into SQLite run.
    ///   - executor: where they run with `.executor`.
    ///   - onConnect: sets up each new connection.
    ///   - onReturn: runs after every loan, off the borrower's path.
    ///   - cacheSize: pages that each connection keeps besides, in bytes. nil: SQLite's own, usually 2 MB.
    ///   - tempStore: where temporary tables and indices are kept.
    ///   - limits: what a statement may be and do at most.
    ///   - trustedSchema: whether views, triggers and the like may call any function.
    public static func inMemory(
        name: String? = nil,
        foreignKeys: Bool = true,
        busyTimeout: Duration = .seconds(5),
        statementCacheCapacity: Int = 64,
        execution: Execution = .executor,
        executor: BlockingExecutor = .shared,
        onConnect: (@Sendable (SQLiteHandle) async throws -> Void)? = nil,
        onReturn: (@Sendable (SQLiteHandle) async throws -> Void)? = nil,
        cacheSize: Int? = nil,
        tempStore: TempStore = .default,
        limits: Limits = Limits(),
        trustedSchema: Bool = true
    ) -> SQLite {
        var driver = SQLite(
            path: "", foreignKeys: foreignKeys, busyTimeout: busyTimeout,
            statementCacheCapacity: statementCacheCapacity, execution: execution, executor: executor,
            onConnect: onConnect, onReturn: onReturn, cacheSize: cacheSize, tempStore: tempStore, limits: limits,
            trustedSchema: trustedSchema)
        driver.place = .sharedMemory(name.map(MemoryDatabase.named) ?? MemoryDatabase())
        return driver
    }
}
