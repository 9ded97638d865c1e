public import PoolingCore
public import PoolingSQL

/// MariaDB and MySQL servers as the backend of a pool.
///
/// Statements run on the caller's own thread, and only waits for the server are given up: a task that lives on an
/// ``PoolingCore/EventLoopExecutor`` waits there, with no thread crossed. Connecting blocks in the library, and is done on
/// threads of its own.
///
/// A statement of a cancelled task, or one that has reached its deadline, is stopped by `KILL QUERY` on another connection,
/// and its own one goes on once the server has confirmed that. If it does not within ``cancelTimeout``, the connection is
/// closed, and the error says that the statement may have been executed (F11, F12, F18). No statement is ever sent again
/// whose bytes may have left, and the library's own reconnecting is off (F36).
public struct MariaDB: Sendable {
    /// A pool copies its driver for every loan: one reference instead of a dozen fields.
    private var box: Box

    /// Where to connect and as whom.
    public var configuration: MariaDBConfiguration {
        get { box.settings.configuration }
        set { change { $0.configuration = newValue } }
    }
    /// Prepared statements kept for each connection, least recently used ones going first. The server's
    /// `max_prepared_stmt_count` bounds those of all connections together (F30). 0: each is prepared for one use.
    public var statementCacheCapacity: Int {
        get { box.settings.statementCacheCapacity }
        set { change { $0.statementCacheCapacity = newValue } }
    }
    /// How long one statement may take, by the client's own clock; nil: without end. ``MariaDBHandle/until(_:)`` sets the
    /// end of a single one.
    public var statementTimeLimit: Duration? {
        get { box.settings.statementTimeLimit }
        set { change { $0.statementTimeLimit = newValue } }
    }
    /// How long the server has to confirm that a statement was stopped, before the connection is closed instead.
    public var cancelTimeout: Duration {
        get { box.settings.cancelTimeout }
        set { change { $0.cancelTimeout = newValue } }
    }
    /// How long all hosts together have to accept a connection. The pool's `connectTimeout` bounds a connect, too; this one
    /// leaves each host its share.
    public var connectTimeLimit: Duration {
        get { box.settings.connectTimeLimit }
        set { change { $0.connectTimeLimit = newValue } }
    }
    /// What is done about variables, temporary tables and the like that a borrower leaves behind (F37, F53).
    ///
    /// `.tracked` goes by what the server reports as changed, and by the text of the statements for locks of `GET_LOCK`,
    /// `LOCK TABLES` and variables of the user. It can't see those where a procedure or function makes them.
    public var sessionReset: SQLSessionReset {
        get { box.settings.sessionReset }
        set { change { $0.sessionReset = newValue } }
    }
    /// Where the body of a loan runs; nil: where the caller runs.
    public var executor: EventLoopExecutor? {
        get { box.settings.executor }
        set { change { $0.executor = newValue } }
    }
    /// Sets up each new connection, and again each one whose session had to be reset.
    public var onConnect: (@Sendable (MariaDBHandle) async throws -> Void)? {
        get { box.settings.onConnect }
        set { change { $0.onConnect = newValue } }
    }
    /// Runs after every loan, off the borrower's path; when it throws, the connection is closed.
    public var onReturn: (@Sendable (MariaDBHandle) async throws -> Void)? {
        get { box.settings.onReturn }
        set { change { $0.onReturn = newValue } }
    }

    public init(
        _ configuration: MariaDBConfiguration,
        statementCacheCapacity: Int = 256,
        statementTimeLimit: Duration? = nil,
        cancelTimeout: Duration = .seconds(1),
        connectTimeLimit: Duration = .seconds(10),
        sessionReset: SQLSessionReset = .tracked,
        executor: EventLoopExecutor? = nil,
        onConnect: (@Sendable (MariaDBHandle) async throws -> Void)? = nil,
        onReturn: (@Sendable (MariaDBHandle) async throws -> Void)? = nil
    ) {
        box = Box(
            Settings(
                configuration: configuration, statementCacheCapacity: statementCacheCapacity,
                statementTimeLimit: statementTimeLimit, cancelTimeout: cancelTimeout,
                connectTimeLimit: connectTimeLimit, sessionReset: sessionReset, executor: executor,
                onConnect: onConnect, onReturn: onReturn))
    }

    /// One of the process's event loops, each in turn: where tasks that use connections are best put.
    public static func nextExecutor() -> EventLoopExecutor { EventLoopExecutor.next() }
}

extension MariaDB {
    fileprivate struct Settings: Sendable {
        var configuration: MariaDBConfiguration
        var statementCacheCapacity: Int
        var statementTimeLimit: Duration?
        var cancelTimeout: Duration
        var connectTimeLimit: Duration
        var sessionReset: SQLSessionReset
        var executor: EventLoopExecutor?
        var onConnect: (@Sendable (MariaDBHandle) async throws -> Void)?
        var onReturn: (@Sendable (MariaDBHandle) async throws -> Void)?
    }

    fileprivate final class Box: Sendable {
        let settings: Settings
        init(_ settings: Settings) { self.settings = settings }
    }

    private mutating func change(_ change: (inout Settings) -> Void) {
        var settings = box.settings
        change(&settings)
        box = Box(settings)
    }
}
