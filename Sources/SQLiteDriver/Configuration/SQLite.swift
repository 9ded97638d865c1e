public import PoolingCore

/// SQLite database files as the backend of a pool: `try Pool(SQLite(path: "app.db"))`.
///
/// Every connection is set up alike and proved before it is lent: write-ahead log, foreign keys on, no extension
/// loading, defensive mode, a page read (F46, F48). No call into SQLite runs on Swift's cooperative threads, and none
/// waits for a lock: a statement that meets one is tried again after a pause that holds no thread (F42).
public struct SQLite: Sendable {
    /// A pool copies its driver for every loan: one reference instead of a dozen fields.
    private var box: Box

    /// The file, literally: a name that begins with `file:` is no URI here (F48).
    public var path: String {
        get { box.settings.path }
        set { change { $0.path = newValue } }
    }
    /// Opens the file for reading only; it has to exist.
    public var readOnly: Bool {
        get { box.settings.readOnly }
        set { change { $0.readOnly = newValue } }
    }
    /// Makes the file if there is none. Off: a mistyped path is an error instead of an empty database.
    public var createIfMissing: Bool {
        get { box.settings.createIfMissing }
        set { change { $0.createIfMissing = newValue } }
    }
    /// Applied to the file when a connection opens, and verified. nil: as the file has it.
    public var journalMode: JournalMode? {
        get { box.settings.journalMode }
        set { change { $0.journalMode = newValue } }
    }
    public var synchronous: Synchronous {
        get { box.settings.synchronous }
        set { change { $0.synchronous = newValue } }
    }
    /// Whether foreign keys are enforced. (SQLite's own default is off, for each connection anew.)
    public var foreignKeys: Bool {
        get { box.settings.foreignKeys }
        set { change { $0.foreignKeys = newValue } }
    }
    /// How long a statement is tried again while another connection holds the lock that it needs.
    public var busyTimeout: Duration {
        get { box.settings.busyTimeout }
        set { change { $0.busyTimeout = newValue } }
    }
    /// Prepared statements kept for each connection, least recently used ones going first. Less than 1 counts as 1.
    public var statementCacheCapacity: Int {
        get { box.settings.statementCacheCapacity }
        set { change { $0.statementCacheCapacity = newValue } }
    }
    public var execution: Execution {
        get { box.settings.execution }
        set { change { $0.execution = newValue } }
    }
    /// Where the calls run, if `execution` is `.executor`.
    public var executor: BlockingExecutor {
        get { box.settings.executor }
        set { change { $0.executor = newValue } }
    }
    /// Sets up each new connection, after the settings above: `try await $0.execute("PRAGMA cache_size = -8000")`.
    public var onConnect: (@Sendable (SQLiteHandle) async throws -> Void)? {
        get { box.settings.onConnect }
        set { change { $0.onConnect = newValue } }
    }
    /// Runs after every loan, off the borrower's path; when it throws, the connection is closed.
    public var onReturn: (@Sendable (SQLiteHandle) async throws -> Void)? {
        get { box.settings.onReturn }
        set { change { $0.onReturn = newValue } }
    }

    public init(
        path: String,
        readOnly: Bool = false,
        createIfMissing: Bool = true,
        journalMode: JournalMode? = .wal,
        synchronous: Synchronous = .normal,
        foreignKeys: Bool = true,
        busyTimeout: Duration = .seconds(5),
        statementCacheCapacity: Int = 64,
        execution: Execution = .executor,
        executor: BlockingExecutor = .shared,
        onConnect: (@Sendable (SQLiteHandle) async throws -> Void)? = nil,
        onReturn: (@Sendable (SQLiteHandle) async throws -> Void)? = nil
    ) {
        box = Box(
            Settings(
                path: path, readOnly: readOnly, createIfMissing: createIfMissing, journalMode: journalMode,
                synchronous: synchronous, foreignKeys: foreignKeys, busyTimeout: busyTimeout,
                statementCacheCapacity: statementCacheCapacity, execution: execution, executor: executor,
                onConnect: onConnect, onReturn: onReturn))
    }
}

extension SQLite {
    fileprivate struct Settings: Sendable {
        var path: String
        var readOnly: Bool
        var createIfMissing: Bool
        var journalMode: JournalMode?
        var synchronous: Synchronous
        var foreignKeys: Bool
        var busyTimeout: Duration
        var statementCacheCapacity: Int
        var execution: Execution
        var executor: BlockingExecutor
        var onConnect: (@Sendable (SQLiteHandle) async throws -> Void)?
        var onReturn: (@Sendable (SQLiteHandle) async throws -> Void)?
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

extension SQLite: CustomStringConvertible {
    public var description: String { "SQLite(\(path)\(readOnly ? ", read-only" : ""))" }
}

extension SQLite {
    /// Where calls into SQLite run.
    public enum Execution: String, Sendable, Hashable, CaseIterable {
        /// On a thread of the executor, whoever calls; at once for callers that live there.
        case executor
        /// On the caller's thread. For databases known to be small and cached: a call that waits for the disk keeps a
        /// cooperative thread from other tasks.
        case inline
    }

    /// How SQLite makes changes durable and undoes them.
    public enum JournalMode: String, Sendable, Hashable, CaseIterable {
        /// Readers and one writer don't wait for each other.
        case wal
        case delete
        case truncate
        case persist
    }

    /// How often SQLite waits for the disk.
    public enum Synchronous: String, Sendable, Hashable, CaseIterable {
        /// At every commit.
        case full
        /// At checkpoints, under `.wal`: a power cut may undo the last commits, but never damages the database. In the
        /// other journal modes there is a small chance that it does; take `.full` there.
        case normal
        /// Never: a power cut may damage the database.
        case off
        /// As `full`, and for the folder, too.
        case extra
    }
}
