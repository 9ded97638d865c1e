internal import CMariaDB
internal import CPoolingShims
internal import PoolingCore
package import PoolingSQL
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One session with a server: what the pool keeps. Borrowers see it as a ``MariaDBHandle``.
///
/// The library allows one thread at a time in a connection, and one call at a time, of which the waits are taken out: it
/// runs on a stack of its own and goes on where it was left, on whatever thread. A borrower's operations pass ``gate``,
/// which admits one; the pool's own (validate, reset, close) come only while the gate is shut and are never two at once;
/// `close` waits for an operation that overstayed its loan, after it has ended what that waits for.
///
/// Sendable because of that: every stored property that varies is touched only by the operation that holds the connection
/// or with the gate shut, and the gate orders one holder's writes before the next one's reads; `gate`, `overstay`,
/// `poisoned`, `hasClosed`, `freed` and `socket` see to themselves.
public final class MariaDBConnection: @unchecked Sendable {
    let link: UnsafeMutablePointer<MYSQL>
    let socket: EventSocket
    let settings: MariaDB
    /// Which server it is, so that a statement is stopped there.
    let host: MariaDBHost
    /// What the server calls the session.
    let serverThread: UInt
    /// Which server it is with; nil: it did not say.
    let server: ServerIdentity?
    let isEncrypted: Bool
    let gate = LoanGate()
    let overstay = Overstay()
    private let generation = pooling_fork_generation()

    var statements: StatementCache<PreparedStatement>
    /// Those that the cache does not keep, and that may run still.
    var uncached: [PreparedStatement] = []
    var session = Session()
    package var scopes = TransactionScopes()
    /// What bounds the operation that holds the connection.
    package var limits = OperationLimits.none
    /// The operation was interrupted, and is led to its end.
    var stopping: Stopping?
    private let hasClosed = Atomic<Bool>(false)
    /// Held while what the library has of the connection is looked at without the gate, and while that is freed (F61).
    private let freed = Mutex(false)

    /// What the borrowers' statements have done to the session so far.
    struct Session {
        /// `onReturn` has not run since the last loan, or the session is to be reset after every one.
        var owesReturn = false
        /// A statement whose rows are being read.
        var stream: OpenStream?
        /// What is to be put back when the loan is over.
        var changes: SessionChanges = []
        /// What the server had to say against the latest of the driver's own commands for a transaction.
        var warnings: UInt32 = 0
        /// What runs is the driver's, and changes nothing that has to be put back.
        var isOwnWork = false
    }

    /// Nothing may be executed here any more. Atomic, since the one who finds out may be a task that the gate did not
    /// admit.
    private let poisoned = Atomic<Bool>(false)
    package var isPoisoned: Bool { poisoned.load(ordering: .relaxed) }
    package func poison() { poisoned.store(true, ordering: .relaxed) }

    /// Takes over an established connection, and frees it in `close`.
    init(_ opened: Login.Opened, to host: MariaDBHost, settings: MariaDB) {
        link = opened.link
        server = opened.server
        self.host = host
        self.settings = settings
        let descriptor = mysql_get_socket(link)
        // The library leaves this to whoever waits, and only for plaintext asks for it in each call: through TLS, a read and
        // a write that don't block would block all the same (F39, CONC-594).
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        socket = EventSocket(descriptor)
        isEncrypted = mysql_get_ssl_cipher(link) != nil
        serverThread = mysql_thread_id(link)
        statements = StatementCache(capacity: settings.statementCacheCapacity)
    }

    /// One that left its pool, and was let go of without being closed.
    deinit { if !isInherited { free() } }

    /// Whether this process is a child of the one that opened the connection, which shares its socket (F34).
    package var isInherited: Bool { pooling_fork_generation() != generation }

    /// What the server last said about the session. A variable of the library's: no I/O.
    var status: UInt32 { pooling_mysql_server_status(link) }
    var serverVersion: String { mysql_get_server_info(link).map { String(cString: $0) } ?? "" }
    package var isInTransaction: Bool { status & UInt32(SERVER_STATUS_IN_TRANS) != 0 }

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
        // A loan that ends inside of a lost transaction has not been told by the status that it is over.
        if scopes.isLost { return .broken }
        // The library has connected anew by itself, which it is told not to do (F36).
        if mysql_thread_id(link) != serverThread { return .broken }
        if isInTransaction || scopes.depth != 0 || session.owesReturn || !session.changes.isEmpty { return .dirty }
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
        // Else the server would go on with the statement (F17).
        if isBusy || session.stream.map({ !$0.isOver }) == true {
            // The pool counts the connection until this returns.
            _ = await killStatement(until: min(deadline, MonotonicInstant.now + settings.cancelTimeout.inNanoseconds))
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
        if isSocketOpen {
            // A goodbye must not wait for room in a full buffer (F39).
            if stopping != nil || session.stream != nil || overstay.isKnown { shutDownSocket() }
            socket.close()
        } else {
            socket.abandon()
        }
        session.stream = nil
        // First, so that nothing is sent for the statements: they end with the session.
        call { mysql_close(link) }
        closeStatements()
    }

    /// All that there are. Nothing is sent for those that the library has cut off.
    func closeStatements() {
        call {
            for statement in statements.removeAll() + uncached { statement.close() }
        }
        uncached = []
    }

    /// The library closes its descriptor when the connection is lost; the number may be another one's then.
    var isSocketOpen: Bool { mysql_get_socket(link) == socket.descriptor }

    /// Makes a call of the library that may read or write.
    func call<R>(_ body: () -> R) -> R { isEncrypted ? TLSCall.run(body) : body() }

    /// Whoever waits for the server finds that it is gone.
    func shutDownSocket() {
        guard isSocketOpen else { return }
        #if canImport(Darwin)
            _ = Darwin.shutdown(socket.descriptor, SHUT_RDWR)
        #else
            _ = shutdown(socket.descriptor, CInt(SHUT_RDWR))
        #endif
    }
}
