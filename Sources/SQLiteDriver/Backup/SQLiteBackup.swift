/// What ``SQLiteHandle/backup(to:pagesPerStep:check:progress:)`` has made.
public struct SQLiteBackup: Sendable, Hashable {
    /// Pages of the database in it, as many as the database had.
    public var pages: Int
    /// The size of the file.
    public var bytes: Int
    /// How long it took, the check and all waits included.
    public var duration: Duration
}
