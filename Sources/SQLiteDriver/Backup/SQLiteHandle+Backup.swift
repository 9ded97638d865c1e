internal import CSQLite
internal import PoolingCore
internal import PoolingSQL

extension SQLiteHandle {
    /// Copies the whole database into a file, while it is in use.
    ///
    ///     try await handle.backup(to: "/var/backups/app.db") { remaining, total in
    ///         logger.info("\(total - remaining) of \(total) pages")
    ///     }
    ///
    /// The copy is one consistent state of the database: the one of the moment when it began, or what the transaction
    /// sees in which it is called. That must not be one that writes. Others may write meanwhile, and don't make it begin
    /// again; the write-ahead log can't be shortened until it ends. With another `journalMode` than `.wal`, their
    /// commits wait for its end.
    ///
    /// It is written into a file of its own in the same folder, which takes the place of `path` when it is complete, on
    /// the disk and checked. After an error or cancellation that file is removed, and an old backup is as it was. (A
    /// process that dies leaves it behind: `path` and `.unfinished-…`.) It has the permissions of the database, and
    /// its owner may write it.
    ///
    /// To restore, close all connections to the database, remove its `-wal` and `-shm` files and copy the backup over it.
    ///
    /// The connection is in use until the end: other calls on it throw a `PoolError`, those of `progress` too. Between
    /// two steps the executor's thread is free, and cancellation is looked for.
    ///
    /// - Parameters:
    ///   - path: replaced if it is there. A symbolic link is followed. Never the database itself, a folder, or a file
    ///     that has the log of a database next to it.
    ///   - pagesPerStep: how much is copied at a time; 256 are 1 MiB as a rule. At least 1.
    ///   - check: runs `PRAGMA quick_check` on the copy, which reads all of it. Off, a damaged database may take the
    ///     place of a good backup.
    ///   - progress: called after each step with pages. What it throws ends the backup.
    /// - Throws: ``PoolingSQL/SQLError``: `.cannotOpen` if no file can be made there, `.diskFull`, `.corrupt` if the
    ///   check finds damage, `.busy`; `PoolConfigurationError` for `pagesPerStep`; `PoolError` or `CancellationError`.
    /// - Complexity: O(size of the database), twice that with `check`.
    @discardableResult public nonisolated(nonsending) func backup(
        to path: String, pagesPerStep: Int = 256, check: Bool = true,
        progress: nonisolated(nonsending) (_ remaining: Int, _ total: Int) async throws -> Void = { _, _ in }
    ) async throws -> SQLiteBackup {
        guard pagesPerStep > 0 else {
            throw PoolConfigurationError(field: "pagesPerStep", value: "\(pagesPerStep)", rule: "must be at least 1")
        }
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        let began = ContinuousClock.now
        let isTransactionOurs = try await connection.beginReading()
        let result: Result<(pages: Int, bytes: Int), any Error>
        do {
            let steps = Int32(clamping: pagesPerStep)
            result = .success(try await connection.writeBackup(to: path, steps, check: check, progress))
        } catch {
            result = .failure(error)
        }
        if isTransactionOurs { await connection.endReading() }
        let (pages, bytes) = try result.get()
        return SQLiteBackup(pages: pages, bytes: bytes, duration: ContinuousClock.now - began)
    }
}

// Each part holds the gate of the borrower's call.
extension SQLiteConnection {
    /// Fixes the state of the database that is copied.
    /// - Returns: whether a transaction was begun for it.
    fileprivate nonisolated(nonsending) func beginReading() async throws -> Bool {
        let isInTransaction = session.isInTransaction
        if !isInTransaction {
            _ = try await run { connection throws(SQLiteFailure) in try connection.beginTransaction(.readOnly) }
        }
        do {
            try await run { connection throws(SQLiteFailure) in
                // `BEGIN` alone reads nothing yet, and SQLite would read each step's pages as they are by then.
                try connection.readPage()
                if sqlite3_txn_state(connection.database, "main") == SQLITE_TXN_WRITE {
                    throw .refused(
                        SQLError(
                            .other,
                            "a backup can't be made inside of a transaction that writes, since what it has changed may "
                                + "yet be undone; call it before or after, or in a transaction that is .readOnly"))
                }
            }
        } catch {
            if !isInTransaction { await endReading() }
            throw error
        }
        return !isInTransaction
    }

    fileprivate nonisolated(nonsending) func endReading() async {
        _ = await attempt { connection throws(SQLiteFailure) in connection.rollBackTransaction(1) }
    }

    fileprivate nonisolated(nonsending) func writeBackup(
        to path: String, _ pagesPerStep: Int32, check: Bool,
        _ progress: nonisolated(nonsending) (_ remaining: Int, _ total: Int) async throws -> Void
    ) async throws -> (pages: Int, bytes: Int) {
        let target = try await run { connection throws(SQLiteFailure) in
            // The process may have changed its folder since.
            let source = connection.watch.isWatching ? connection.watch.path : connection.settings.path
            do throws(SQLError) { return try BackupTarget(path: path, of: source) } catch {
                throw .refused(error)
            }
        }
        do {
            let pages = try await copy(to: target, pagesPerStep, check: check, progress)
            try Task.checkCancellation()
            let bytes = try await run { _ throws(SQLiteFailure) in
                do throws(SQLError) { return try target.finish() } catch { throw .refused(error) }
            }
            return (pages, bytes)
        } catch {
            _ = await attempt { _ throws(SQLiteFailure) in target.removeUnfinished() }
            throw error
        }
    }

    private nonisolated(nonsending) func copy(
        to target: BackupTarget, _ pagesPerStep: Int32, check: Bool,
        _ progress: nonisolated(nonsending) (_ remaining: Int, _ total: Int) async throws -> Void
    ) async throws -> Int {
        let unfinished = try await settings.forBackup(target.unfinished).connect()
        unfinished.interruption.leader = interruption
        let copy = BackupCopy(from: self, to: unfinished, path: target.path)
        let result: Result<Int, any Error>
        do {
            try await unfinished.run { connection throws(SQLiteFailure) in try connection.dropJournal() }
            let pages = try await run(copy, pagesPerStep, progress)
            if check { try await unfinished.checkBackup(target.path) }
            result = .success(pages)
        } catch {
            result = .failure(error)
        }
        // The check needs the copy to be ended, and the copy has to be ended if there is no check.
        _ = await attempt { _ throws(SQLiteFailure) in copy.end() }
        await unfinished.close()
        return try result.get()
    }

    /// - Returns: the number of pages.
    private nonisolated(nonsending) func run(
        _ copy: BackupCopy, _ pagesPerStep: Int32,
        _ progress: nonisolated(nonsending) (_ remaining: Int, _ total: Int) async throws -> Void
    ) async throws -> Int {
        while true {
            let step = try await run { _ throws(SQLiteFailure) in try copy.step(pagesPerStep) }
            if step.isDone { _ = await attempt { _ throws(SQLiteFailure) in copy.end() } }
            try await progress(step.remaining, step.total)
            try Task.checkCancellation()
            if interruption.isClosing { throw SQLError.closing }
            if step.isDone { return step.total }
            // A task that lives on the executor would keep its thread from one step to the next.
            await Task.yield()
            try await run { _ throws(SQLiteFailure) in try copy.writeThrough() }
        }
    }

    /// The file is worth nothing until it is complete. Undoing what was written, which SQLite would do at the end of a
    /// copy that is given up, takes longer than the steps do.
    private func dropJournal() throws(SQLiteFailure) {
        noteCall()
        // Defensive connections must have a journal.
        _ = csqlite_set_option(database, SQLITE_DBCONFIG_DEFENSIVE, 0)
        _ = try collect("PRAGMA journal_mode = OFF")
    }

    private nonisolated(nonsending) func checkBackup(_ path: String) async throws {
        let rows = try await run { connection throws(SQLiteFailure) in try connection.collect("PRAGMA quick_check(1)") }
        let finding = try rows.first?.decode(0, as: String.self)
        if finding != "ok" {
            throw SQLError(
                .corrupt,
                "the copy for '\(path)' is damaged (\(finding ?? "no answer")), and so is the database most likely; what "
                    + "was there is as it was: keep it, and see what .recover can save")
        }
    }
}

extension SQLite {
    /// The same database elsewhere: constraints that call its functions can be checked.
    fileprivate func forBackup(_ path: String) -> SQLite {
        SQLite(
            path: path, createIfMissing: false, journalMode: nil, synchronous: .full, foreignKeys: foreignKeys,
            busyTimeout: busyTimeout, statementCacheCapacity: 4, execution: execution, executor: executor,
            functions: functions, collations: collations)
    }
}
