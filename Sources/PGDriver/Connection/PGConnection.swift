internal import CLibPQ
internal import CPoolingShims
internal import PoolingCore
package import PoolingSQL
internal import Synchronization

/// One session with a PostgreSQL server: what the pool keeps. Borrowers see it as a ``PGHandle``.
///
/// libpq allows one thread at a time in a connection. A borrower's operations pass ``gate``, which admits one; the pool's
/// own (validate, reset, close) come only while the gate is shut and are never two at once; `close` waits for an operation
/// that overstayed its loan, after it has ended what that waits for; and a statement is stopped by another session of the
/// server (``CancelKey``).
///
/// Sendable because of that: every stored property that varies is touched only by the operation that holds the connection
/// or with the gate shut, and the gate orders one holder's writes before the next one's reads; `gate`, `overstay`,
/// `poisoned`, `hasClosed`, `freed` and `socket` see to themselves. A shutdown whose time is up closes under a borrower: see
/// `freed`.
public final class PGConnection: @unchecked Sendable {
    let link: OpaquePointer
    let socket: EventSocket
    let settings: Postgres
    /// Nanoseconds that a statement may take; nil: as long as it likes.
    let statementTimeLimit: Int64?
    let notices: Notices
    let cancelKey: CancelKey?
    let gate = LoanGate()
    let overstay = Overstay()
    private let generation = pooling_fork_generation()

    // The gate keeps accesses from overlapping.
    @exclusivity(unchecked) var statements: StatementCache<PreparedStatement>
    var statementNames = StatementNames()
    @exclusivity(unchecked) var parameters = Parameters()
    var session = Session()
    package var scopes = TransactionScopes()
    private let hasClosed = Atomic<Bool>(false)
    /// Held while what libpq has of the connection is looked at without the gate, and while that is freed: a shutdown whose
    /// time is up closes connections that borrowers still hold (F61).
    private let freed = Mutex(false)
    /// What bounds the operation that holds the connection.
    package var limits = OperationLimits.none

    /// What the borrowers' statements have done to the session so far.
    struct Session {
        /// The transaction was asked to read only, so that a refused write says nothing about the server.
        var isReadOnly = false
        /// `onReturn` has not run since the last loan, or the session is to be reset after every one.
        var owesReturn = false
        /// A statement whose rows are being read.
        var stream: OpenStream?
        /// The rows of a COPY TO STDOUT are on their way, and nothing else comes before their end.
        var isCopyingOut = false
        /// What is to be put back when the loan is over.
        var changes: SessionChanges = []
        /// What runs is the driver's, and changes nothing that has to be put back.
        var isOwnWork = false
        /// What is sent to its channels is for a listener, who takes it.
        var isListening = false
    }

    /// Nothing may be executed here any more. Atomic, since the one who finds out may be a task that the gate did not
    /// admit.
    private let poisoned = Atomic<Bool>(false)
    package var isPoisoned: Bool { poisoned.load(ordering: .relaxed) }
    package func poison() { poisoned.store(true, ordering: .relaxed) }

    /// Takes over an established connection, and frees it in `close`.
    init(_ link: OpaquePointer, settings: Postgres, notices: Notices) {
        self.link = link
        self.settings = settings
        statementTimeLimit = settings.statementTimeLimit?.inNanoseconds
        self.notices = notices
        socket = EventSocket(PQsocket(link))
        cancelKey = CancelKey(of: link)
        statements = StatementCache(capacity: settings.statementCacheCapacity)
    }

    /// One that left its pool, and was let go of without being closed.
    deinit { if !isInherited { free() } }

    /// Whether this process is a child of the one that opened the connection, which shares its socket (F34).
    package var isInherited: Bool { pooling_fork_generation() != generation }

    /// What libpq last heard about the transaction. A variable of libpq's: no I/O.
    var transaction: PGTransactionStatusType { PQtransactionStatus(link) }
    package var isInTransaction: Bool { transaction == PQTRANS_INTRANS || transaction == PQTRANS_INERROR }

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
        return freed.withLock { $0 ? .broken : conditionOfSession }
    }

    private var conditionOfSession: ConnectionCondition {
        if PQstatus(link) != CONNECTION_OK || notices.end != nil { return .broken }
        // A loan that ends inside of a lost transaction has not been told by `transaction` that it is over.
        if scopes.isLost { return .broken }
        // F32: what is in the midst of a statement can't be told apart from one that hangs.
        switch transaction {
        case PQTRANS_IDLE: break
        case PQTRANS_INTRANS, PQTRANS_INERROR: return .dirty
        case PQTRANS_ACTIVE: return session.stream == nil ? .broken : .dirty
        default: return .broken
        }
        if scopes.depth != 0 || session.owesReturn || !session.changes.isEmpty { return .dirty }
        if let stream = session.stream, !(stream.isOver && stream.isAbandoned) { return .dirty }
        return socket.isHungUp ? .suspect : .ready
    }

    /// Ends an operation that still runs, says goodbye if the server will hear it, and frees the session. Once: who closes
    /// what a shutdown has closed already does no harm.
    func close(until deadline: MonotonicInstant) async {
        if hasClosed.exchange(true, ordering: .acquiringAndReleasing) { return }
        // The socket is the parent's, too: a goodbye would end the parent's session.
        if isInherited { return }
        if !gate.closeForGood() { overstay.began() }
        let isBusy = overstay.isKnown
        // What it waits for ends at once.
        socket.interrupt()
        await overstay.end()
        // Else the server would go on with the statement (F17). One that takes no requests is not waited for: this
        // connection has its place in the pool until it is closed (F12).
        if isBusy || transaction == PQTRANS_ACTIVE {
            let patience = MonotonicInstant.now + settings.cancelTimeout.inNanoseconds
            _ = await cancelKey?.request(until: min(deadline, patience))
        }
        free()
    }

    private func free() {
        // Whoever has a handle or the connection itself is refused from now on.
        poison()
        freed.withLock { isFreed in
            if !isFreed { finish() }
            isFreed = true
        }
    }

    private func finish() {
        // The descriptor is libpq's, which may have closed it by itself.
        if PQsocket(link) == socket.descriptor {
            socket.close()
        } else {
            socket.abandon()
        }
        // Sends a Terminate if there is room for it, and does not wait for that or for anything else.
        PQfinish(link)
    }
}
