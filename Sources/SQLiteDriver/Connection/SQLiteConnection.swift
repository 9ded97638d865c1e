internal import CSQLite
internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

/// One connection to an SQLite database: what the pool keeps. Borrowers see it as a ``SQLiteHandle``.
///
/// It is opened without SQLite's own mutex (`SQLITE_OPEN_NOMUTEX`): at most one operation is inside at any time. A
/// borrower's operations pass ``gate``, which admits one; the pool's own (validate, reset, close) come only while the
/// gate is shut and are never two at once; `close` waits for an operation that overstayed its loan; and nothing is
/// called from a second thread to stop a statement (``Interruption``).
///
/// Sendable because of that: every stored property that varies is touched only by the operation that holds the
/// connection or with the gate shut, and the gate orders one holder's writes before the next one's reads; `gate`,
/// `overstay` and the flag of `interruption` are atomic.
public final class SQLiteConnection: @unchecked Sendable {
    let database: OpaquePointer
    let settings: SQLite
    /// Where calls run; nil: on the caller's thread.
    let executor: BlockingExecutor?
    let gate = LoanGate()
    let overstay = Overstay()
    let interruption = Interruption()

    var statements: StatementCache
    var session = Session()

    /// What the borrowers' statements have done to the connection so far.
    struct Session {
        /// Whether SQLite said so after the last statement: a copy that can be read without a call.
        var isInTransaction = false
        /// How many transactions and savepoints of ``SQLConnection/transaction(_:_:)`` are open.
        var depth = 0
        /// The outermost of them is a savepoint in a transaction that somebody began by hand.
        var isInsideOfForeign = false
        /// SQLite has ended a transaction by itself; nothing may be executed until its scope is left (F44).
        var isLost = false
        /// Writing is switched off for a read-only transaction.
        var isQueryOnly = false
        /// `onReturn` has not run since the last loan.
        var owesReturn = false
    }

    /// A rollback could not be done: nothing may be executed here any more. Atomic, since the one who finds out may be
    /// a task that the gate did not admit.
    private let poisoned = Atomic<Bool>(false)
    var isPoisoned: Bool { poisoned.load(ordering: .relaxed) }
    func poison() { poisoned.store(true, ordering: .relaxed) }

    /// Takes over an open database and closes it in `close`.
    init(_ database: OpaquePointer, settings: SQLite) {
        self.database = database
        self.settings = settings
        executor = settings.execution == .inline ? nil : settings.executor
        statements = StatementCache(capacity: settings.statementCacheCapacity)
        interruption.install(in: database)
    }

    /// Whether the calling thread may call SQLite.
    var runsHere: Bool { executor?.isCurrent ?? true }

    /// Ends an operation of `loan`.
    func leave(_ loan: LoanID) {
        if !gate.leave(loan) { overstay.ended() }
    }

    /// Ends the loan.
    func shutGate() {
        if !gate.close() { overstay.began() }
    }

    var condition: ConnectionCondition {
        // In this order: while an operation runs, nothing else of the connection may be looked at.
        if overstay.isKnown || isPoisoned { return .broken }
        // A loan that ends inside of a lost transaction has not been told by `transaction` that it is over.
        if session.isLost { return .broken }
        if session.isInTransaction || session.depth != 0 || session.isQueryOnly || session.owesReturn { return .dirty }
        return .ready
    }

    /// Waits for an operation that still runs, then closes. Called once.
    func close() async {
        interruption.stopForGood()
        shutGate()
        await overstay.end()
        guard let executor else { return dispose() }
        // Cancellation does not stop it, and it throws nothing.
        try? await executor.run { self.dispose() }
    }

    /// Statements first: a database with statements would stay open as a zombie (F49).
    func dispose() {
        noteCall()
        interruption.isShielded = true
        statements.removeAll()
        while let forgotten = sqlite3_next_stmt(database, nil) { sqlite3_finalize(forgotten) }
        let code = sqlite3_close(database)
        assert(code == SQLITE_OK, "a database was closed while something of it was in use")
        // What is still in use (a backup, a blob handle: none is ever made here) keeps the database until it ends.
        if code != SQLITE_OK { sqlite3_close_v2(database) }
    }

    @inline(__always) func noteCall() {
        #if DEBUG
            SQLiteCallProbe.noteCall(on: executor)
        #endif
    }
}
