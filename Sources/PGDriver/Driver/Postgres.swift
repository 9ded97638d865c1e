public import PoolingCore
public import PoolingSQL

/// PostgreSQL servers as the backend of a pool.
///
/// Statements run on the caller's own thread, and only waits for the server are given up: a task that lives on an
/// ``PoolingCore/EventLoopExecutor`` waits there, with no thread crossed. One line around an application's handling of
/// requests puts its tasks there:
///
///     try await withTaskExecutorPreference(Postgres.nextExecutor()) { … }
///
/// A statement of a cancelled task, or one that has reached its deadline, is stopped by a cancel request to the server,
/// and its connection goes on once the server has confirmed that. If it does not within ``cancelTimeout``, the connection
/// is closed, and the error says that the statement may have been executed (F11, F12, F18). No statement is ever sent
/// again whose bytes may have left.
public struct Postgres: Sendable {
    /// A pool copies its driver for every loan: one reference instead of a dozen fields.
    private var box: Box

    /// Where to connect and as whom.
    public var configuration: PostgresConfiguration {
        get { box.settings.configuration }
        set { change { $0.configuration = newValue } }
    }
    /// Prepared statements kept for each connection, least recently used ones going first. 0: none are made, as behind a
    /// pooler of transactions (``PostgresConfiguration/pooler``).
    public var statementCacheCapacity: Int {
        get { box.settings.statementCacheCapacity }
        set { change { $0.statementCacheCapacity = newValue } }
    }
    /// How long one statement may take, by the client's own clock; nil: without end. ``PGHandle/until(_:)`` sets the end of
    /// a single one. The server's `statement_timeout` is independent of it.
    public var statementTimeLimit: Duration? {
        get { box.settings.statementTimeLimit }
        set { change { $0.statementTimeLimit = newValue } }
    }
    /// How long the server has to confirm that a statement was stopped, before the connection is closed instead.
    public var cancelTimeout: Duration {
        get { box.settings.cancelTimeout }
        set { change { $0.cancelTimeout = newValue } }
    }
    /// How long all hosts together have to accept a connection, the resolution of their names included; each has its share
    /// of it. Does not count where ``PostgresConfiguration/connectTimeout`` is set. The pool's `connectTimeout` ends a
    /// connect, too, and is refused if it is shorter, unless there is a single host and neither of the two was set.
    public var connectTimeLimit: Duration {
        get { box.settings.connectTimeLimit }
        set { change { $0.connectTimeLimit = newValue } }
    }
    /// What is done about settings, temporary tables and the like that a borrower leaves behind (F33, F53).
    ///
    /// `.tracked` goes by what the server says it has done (`SET`, `LISTEN` …), and by words in the text of the statement
    /// that was sent (`temp`, `advisory`, `set_config`). It can't see what stands in neither: settings, locks and temporary
    /// tables that a function, a procedure or a trigger makes, and `SET` or `LISTEN` inside of a `DO` block.
    public var sessionReset: SQLSessionReset {
        get { box.settings.sessionReset }
        set { change { $0.sessionReset = newValue } }
    }
    /// Where the body of a loan runs; nil: where the caller runs.
    public var executor: EventLoopExecutor? {
        get { box.settings.executor }
        set { change { $0.executor = newValue } }
    }
    /// Sets up each new connection, and again each one whose settings had to be reset.
    public var onConnect: (@Sendable (PGHandle) async throws -> Void)? {
        get { box.settings.onConnect }
        set { change { $0.onConnect = newValue } }
    }
    /// Runs after every loan, off the borrower's path; when it throws, the connection is closed.
    public var onReturn: (@Sendable (PGHandle) async throws -> Void)? {
        get { box.settings.onReturn }
        set { change { $0.onReturn = newValue } }
    }
    /// Gets what the server has to say besides results: warnings, notices, the reason of an end. Runs on whatever thread
    /// the connection is used on: be quick. Nothing is ever written to standard error.
    public var onNotice: (@Sendable (PGNotice) -> Void)? {
        get { box.settings.onNotice }
        set { change { $0.onNotice = newValue } }
    }

    public init(
        _ configuration: PostgresConfiguration,
        statementCacheCapacity: Int = 256,
        statementTimeLimit: Duration? = nil,
        cancelTimeout: Duration = .seconds(1),
        connectTimeLimit: Duration = usualConnectTimeLimit,
        sessionReset: SQLSessionReset = .tracked,
        executor: EventLoopExecutor? = nil,
        onConnect: (@Sendable (PGHandle) async throws -> Void)? = nil,
        onReturn: (@Sendable (PGHandle) async throws -> Void)? = nil,
        onNotice: (@Sendable (PGNotice) -> Void)? = nil
    ) {
        box = Box(
            Settings(
                configuration: configuration, statementCacheCapacity: statementCacheCapacity,
                statementTimeLimit: statementTimeLimit, cancelTimeout: cancelTimeout,
                connectTimeLimit: connectTimeLimit, sessionReset: sessionReset, executor: executor,
                onConnect: onConnect, onReturn: onReturn, onNotice: onNotice))
    }

    /// ``connectTimeLimit`` where nothing is said about it.
    public static var usualConnectTimeLimit: Duration { .seconds(10) }

    /// What a connect may take.
    var connectTime: Duration { configuration.connectTimeout ?? connectTimeLimit }

    /// One of the process's event loops, each in turn: where tasks that use connections are best put.
    public static func nextExecutor() -> EventLoopExecutor { EventLoopExecutor.next() }
}

extension Postgres {
    fileprivate struct Settings: Sendable {
        var configuration: PostgresConfiguration
        var statementCacheCapacity: Int
        var statementTimeLimit: Duration?
        var cancelTimeout: Duration
        var connectTimeLimit: Duration
        var sessionReset: SQLSessionReset
        var executor: EventLoopExecutor?
        var onConnect: (@Sendable (PGHandle) async throws -> Void)?
        var onReturn: (@Sendable (PGHandle) async throws -> Void)?
        var onNotice: (@Sendable (PGNotice) -> Void)?
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
