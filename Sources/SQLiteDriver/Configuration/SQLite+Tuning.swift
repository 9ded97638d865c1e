// What SQLite's memory and files may grow to, and what it believes. Each is set on every connection and read back: one
// that SQLite does not take as it is fails the connect.
extension SQLite {
    struct Tuning: Sendable {
        var cacheSize: Int?
        var mmapSize: Int?
        var tempStore = TempStore.default
        var walAutocheckpoint: Int?
        var journalSizeLimit: Int?
        var limits = Limits()
        var trustedSchema = true
    }

    /// Pages that each connection keeps in memory, in bytes, rounded up to whole KiB; more than 0. nil: as SQLite was
    /// built, usually 2 MB.
    ///
    /// A pool takes up to `max` times as much, and as much again for every attached database (F48).
    public var cacheSize: Int? {
        get { tuning.cacheSize }
        set { tuning.cacheSize = newValue }
    }

    /// How much of the file, in bytes, is mapped into memory instead of read; more than 0. nil: nothing.
    ///
    /// All connections of the process share the mapped pages. A disk that fails under them ends the process with a
    /// signal, where a read would end with an error.
    public var mmapSize: Int? {
        get { tuning.mmapSize }
        set { tuning.mmapSize = newValue }
    }

    /// Where temporary tables and indices are kept.
    public var tempStore: TempStore {
        get { tuning.tempStore }
        set { tuning.tempStore = newValue }
    }

    /// Pages in the write-ahead log at which a commit moves them into the file. nil: SQLite's 1000. 0: never, which
    /// somebody has to do by hand then.
    public var walAutocheckpoint: Int? {
        get { tuning.walAutocheckpoint }
        set { tuning.walAutocheckpoint = newValue }
    }

    /// What is left, in bytes, of a journal or write-ahead log that has become larger and is used from its beginning
    /// again. nil: it keeps its size. 0: as little as possible.
    public var journalSizeLimit: Int? {
        get { tuning.journalSizeLimit }
        set { tuning.journalSizeLimit = newValue }
    }

    /// What a statement may be and do at most. ``Limits/strict`` for SQL that comes from elsewhere.
    public var limits: Limits {
        get { tuning.limits }
        set { tuning.limits = newValue }
    }

    /// Whether views, triggers, checks and indices of the file may call any function and virtual table. Off: only those
    /// that SQLite counts as harmless, so that a file that comes from elsewhere can do nothing by being read.
    ///
    /// Full-text indices and R-trees are not among them in every version (3.40 is one): a trigger that keeps such an
    /// index up to date, or a view of one, needs this on, which is why it is.
    public var trustedSchema: Bool {
        get { tuning.trustedSchema }
        set { tuning.trustedSchema = newValue }
    }

    /// Where temporary tables and indices are kept.
    public enum TempStore: String, Sendable, Hashable, CaseIterable {
        /// As SQLite was built: in files, usually.
        case `default`
        case file
        case memory
    }
}
