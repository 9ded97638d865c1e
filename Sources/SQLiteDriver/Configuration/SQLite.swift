public import PoolingCore
public import PoolingSQL

/// SQLite databases as the backend of a pool: `try Pool(SQLite(path: "app.db"))` or `try Pool(SQLite.inMemory())`.
///
/// Every connection is set up alike and proved before it is lent: write-ahead log, foreign keys on, no extension
/// loading, defensive mode, a page read (F46, F48). No call into SQLite runs on Swift's cooperative threads, and none
/// waits for a lock: a statement that meets one is tried again after a pause that holds no thread (F42).
///
/// SQLite has five types. Values of the others are stored in these notations, and read from more:
///
/// | value | stored as | read from |
/// |---|---|---|
/// | `Bool` | INTEGER 0 or 1 | the same |
/// | integers | INTEGER | INTEGER; a REAL without a fraction |
/// | `Double`, `Float` | REAL, ±infinity too; NaN, of which SQLite would make NULL, is refused | REAL; an INTEGER that it holds exactly |
/// | `String` | TEXT, U+0000 included | TEXT |
/// | `Data`, `[UInt8]` | BLOB | BLOB; TEXT that is no UTF-8 |
/// | `Date` | TEXT `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, rounded to the microsecond, which sorts and which SQLite's date functions read; years outside of 0000 to 9999 are refused | the same; TEXT in ISO 8601 with `T`, `Z` or an offset, with less than all of the fraction, the seconds and the time; INTEGER or REAL, seconds since 1970 |
/// | `UUID` | TEXT with hyphens, in lower case | the same in any case; a BLOB of 16 bytes |
/// | `Decimal` | TEXT, every digit; NaN is refused | TEXT; INTEGER; REAL, by its shortest notation |
/// | `SQLJSON`, `\(json:)`, nested `Codable` types | TEXT in JSON, dates inside in ISO 8601 | TEXT |
/// | an enum with a raw value | its raw value | the same |
///
/// What is refused is an `SQLError` of kind `.typeMismatch`, before anything is executed. A column declared
/// `DECIMAL` or `NUMERIC` makes numbers of texts and keeps 15 digits of a `Decimal`: declare it `TEXT`.
///
/// A file that is deleted or replaced under its connections ends them with ``SQLError/Kind/fileReplaced``: no write into
/// it is acknowledged, which costs two system calls a commit, and a connection that only reads notices within a second.
/// The driver and its copies connect to no other file then; a new one does (F47). After `fork()` a child process can
/// neither use nor close what its parent had open (F49).
public struct SQLite: Sendable {
    /// A pool copies its driver for every loan: one reference instead of a dozen fields.
    private var box: Box

    /// The file, literally: a name that begins with `file:` is no URI here (F48).
    ///
    /// `:memory:` is no file but a private database in memory, for a pool with `max` 1. It begins empty with each
    /// setting of this property, is shared by the copies of this value, and lives as long as one of them or a connection.
    /// `SQLite.inMemory()` makes one for any number of connections.
    public var path: String {
        get { box.settings.place.path }
        set { change { $0.place = Place(path: newValue) } }
    }
    var place: Place {
        get { box.settings.place }
        set { change { $0.place = newValue } }
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
    /// Applied to the file when a connection opens, and verified. nil: as the file has it. A database in memory has its
    /// own; neither it nor a file that is opened for reading only takes another one than `.wal`, which is not applied.
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
    /// Prepared statements kept for each connection, least recently used ones going first. At least 1.
    public var statementCacheCapacity: Int {
        get { box.settings.statementCacheCapacity }
        set { change { $0.statementCacheCapacity = newValue } }
    }
    /// What is done about settings, temporary tables and attached databases that a borrower leaves behind (F53).
    ///
    /// `.tracked` sees all of them, since SQLite itself tells when it compiles a statement. What can be put back is
    /// (most settings; temporary tables are dropped, databases detached); for the rest the connection is replaced. Two
    /// settings of the process, `soft_heap_limit` and `hard_heap_limit`, stay changed.
    public var sessionReset: SQLSessionReset {
        get { box.settings.sessionReset }
        set { change { $0.sessionReset = newValue } }
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
    /// SQL functions and aggregates that every connection has, `onConnect` included. Checked when a pool is made.
    public var functions: [SQLiteFunction] {
        get { box.settings.functions }
        set { change { $0.functions = newValue } }
    }
    /// Orders of text that every connection knows, `onConnect` included. Checked when a pool is made.
    public var collations: [SQLiteCollation] {
        get { box.settings.collations }
        set { change { $0.collations = newValue } }
    }
    /// Sets up each new connection, after the settings above: `try await $0.execute("PRAGMA recursive_triggers = 1")`.
    public var onConnect: (@Sendable (SQLiteHandle) async throws -> Void)? {
        get { box.settings.onConnect }
        set { change { $0.onConnect = newValue } }
    }
    /// Runs after every loan, off the borrower's path; when it throws, the connection is closed.
    public var onReturn: (@Sendable (SQLiteHandle) async throws -> Void)? {
        get { box.settings.onReturn }
        set { change { $0.onReturn = newValue } }
    }

    var tuning: Tuning {
        get { box.settings.tuning }
        set { change { $0.tuning = newValue } }
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
        sessionReset: SQLSessionReset = .tracked,
        execution: Execution = .executor,
        executor: BlockingExecutor = .shared,
        onConnect: (@Sendable (SQLiteHandle) async throws -> Void)? = nil,
        onReturn: (@Sendable (SQLiteHandle) async throws -> Void)? = nil,
        cacheSize: Int? = nil,
        mmapSize: Int? = nil,
        tempStore: TempStore = .default,
        walAutocheckpoint: Int? = nil,
        journalSizeLimit: Int? = nil,
        limits: Limits = Limits(),
        trustedSchema: Bool = true,
        functions: [SQLiteFunction] = [],
        collations: [SQLiteCollation] = []
    ) {
        box = Box(
            Settings(
                place: Place(path: path), readOnly: readOnly, createIfMissing: createIfMissing,
                journalMode: journalMode,
                synchronous: synchronous, foreignKeys: foreignKeys, busyTimeout: busyTimeout,
                statementCacheCapacity: statementCacheCapacity, sessionReset: sessionReset, execution: execution,
                executor: executor,
                onConnect: onConnect, onReturn: onReturn,
                tuning: Tuning(
                    cacheSize: cacheSize, mmapSize: mmapSize, tempStore: tempStore,
                    walAutocheckpoint: walAutocheckpoint, journalSizeLimit: journalSizeLimit, limits: limits,
                    trustedSchema: trustedSchema),
                functions: functions, collations: collations, part: .alone))
    }
}

extension SQLite {
    fileprivate struct Settings: Sendable {
        var place: Place
        var readOnly: Bool
        var createIfMissing: Bool
        var journalMode: JournalMode?
        var synchronous: Synchronous
        var foreignKeys: Bool
        var busyTimeout: Duration
        var statementCacheCapacity: Int
        var sessionReset: SQLSessionReset
        var execution: Execution
        var executor: BlockingExecutor
        var onConnect: (@Sendable (SQLiteHandle) async throws -> Void)?
        var onReturn: (@Sendable (SQLiteHandle) async throws -> Void)?
        var tuning: Tuning
        var functions: [SQLiteFunction]
        var collations: [SQLiteCollation]
        var part: Part
    }

    /// What its connections are for.
    enum Part: Sendable {
        case alone
        /// They only read, for a ``SQLiteDatabase``.
        case reader
        /// They write for one, and tell it what they have committed.
        case writer(WriteLog)
    }

    fileprivate final class Box: Sendable {
        let settings: Settings
        let file: SharedFile
        init(_ settings: Settings, file: SharedFile = SharedFile()) {
            self.settings = settings
            self.file = file
        }
    }

    var part: Part {
        get { box.settings.part }
        set { change { $0.part = newValue } }
    }

    /// What the connections of this driver and of its copies have open.
    var file: SharedFile { box.file }

    private mutating func change(_ change: (inout Settings) -> Void) {
        var settings = box.settings
        change(&settings)
        box = settings.place.path == box.settings.place.path ? Box(settings, file: box.file) : Box(settings)
    }
}

extension SQLite: CustomStringConvertible {
    public var description: String { "SQLite(\(place)\(readOnly ? ", read-only" : ""))" }
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
