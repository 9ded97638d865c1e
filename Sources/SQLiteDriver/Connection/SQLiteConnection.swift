internal import CPoolingShims
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
    let authorizer = Authorizer()
    /// Whom commits are told; nil: nobody.
    let writeLog: WriteLog?
    /// Borrowers may only read.
    let isReader: Bool
    let watch: FileWatch
    private let generation = pooling_fork_generation()

    var statements: StatementCache<PreparedStatement>
    var session = Session()
    /// What the transaction that is open, or the statement, has changed so far: for ``writeLog``.
    var written = Written()
    /// What is to be put back when the loan is over, and how it was.
    var changes = SessionChanges()
    var baseline = SessionBaseline()
    /// What runs is the driver's, and changes nothing that has to be put back.
    var isOwnWork = false
    /// Blobs that `withBlob` has open. SQLite knows each by a statement of its own that nobody else may end.
    var blobs = OpenBlobs()
    /// How the file begins; empty until it has something in it.
    var header: [UInt8] = []

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
        /// What writes is refused: the transaction is one that reads.
        var isReadOnly = false
        /// `onReturn` has not run since the last loan, or the session is to be reset after every one.
        var owesReturn = false
        /// A statement whose rows are being read.
        var stream: OpenStream?
        /// There is something in ``SQLiteConnection/changes``.
        var isChanged = false
    }

    /// A rollback could not be done: nothing may be executed here any more. Atomic, since the one who finds out may be
    /// a task that the gate did not admit.
    private let poisoned = Atomic<Bool>(false)
    private let hasClosed = Atomic<Bool>(false)
    var isPoisoned: Bool { poisoned.load(ordering: .relaxed) }
    func poison() { poisoned.store(true, ordering: .relaxed) }

    /// Takes over an open database and closes it in `close`.
    init(_ database: OpaquePointer, settings: SQLite, watch: FileWatch) {
        self.database = database
        self.settings = settings
        self.watch = watch
        executor = settings.execution == .inline ? nil : settings.executor
        (writeLog, isReader) =
            switch settings.part {
            case .alone: (nil, false)
            case .reader: (nil, true)
            case .writer(let log): (log, false)
            }
        statements = StatementCache(capacity: settings.statementCacheCapacity)
        interruption.install(in: database)
        authorizer.install(in: database)
        if watch.isWatching { watch.install(in: database) }
    }

    /// Whether this process is a child of the one that opened the connection: SQLite must not be called at all (F49).
    var isInherited: Bool { pooling_fork_generation() != generation }

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
        if overstay.isKnown || isPoisoned || isInherited { return .broken }
        // A loan that ends inside of a lost transaction has not been told by `transaction` that it is over.
        if session.isLost { return .broken }
        if session.isInTransaction || session.depth != 0 || session.owesReturn || session.isChanged { return .dirty }
        if !blobs.isEmpty || writeLog?.growth.isOverBrink == true { return .dirty }
        // One that somebody could still ask for rows would refuse the next borrower's statements.
        return session.stream.map { $0.isOver && $0.isAbandoned ? .ready : .dirty } ?? .ready
    }

    /// Waits for an operation that still runs, then closes. Once: who closes what a shutdown has closed already does no
    /// harm, and who uses it is refused (F61).
    func close() async {
        if hasClosed.exchange(true, ordering: .acquiringAndReleasing) { return }
        // The executor's threads, and the operation that might be waited for, are the parent's, too.
        if isInherited { return }
        interruption.stopForGood()
        if !gate.closeForGood() { overstay.began() }
        await overstay.end()
        guard let executor else { return dispose() }
        // Cancellation does not stop it, and it throws nothing.
        try? await executor.run { self.dispose() }
    }

    /// Blobs and statements first: a database that has some open would stay as a zombie (F49). Only statements of the
    /// cache: all others are a virtual table's own (full-text indices keep some), which ends them itself when the database
    /// closes.
    ///
    /// In a child process nothing is: it would be done to the parent's transaction, log and journal.
    func dispose() {
        if isInherited { return }
        poison()
        noteCall()
        interruption.isShielded = true
        // A file that was exchanged while nobody looked must not pass for the one that the next connection opens.
        if watch.look() != nil { settings.file.lose() }
        defer { if watch.isWatching { settings.file.leave() } }
        blobs.closeAll()
        for statement in statements.removeAll() { statement.finalize() }
        let code = sqlite3_close(database)
        assert(code == SQLITE_OK, "a database was closed while something of it was in use")
        // What is still in use (a backup, which keeps the gate until it is over, so that there is none) keeps the
        // database until it ends.
        if code != SQLITE_OK { sqlite3_close_v2(database) }
    }

    @inline(__always) func noteCall() {
        #if DEBUG
            SQLiteCallProbe.noteCall(on: executor)
        #endif
    }
}
