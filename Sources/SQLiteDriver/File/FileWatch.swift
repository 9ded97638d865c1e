internal import CPoolingShims
internal import CSQLite

/// Sees to it that one connection's file is still the one that its path names (F47).
///
/// SQLite itself goes on writing into a deleted file, and says that all is well. Its own question,
/// `SQLITE_FCNTL_HAS_MOVED`, is put once, at the opening, to learn which file is open. It costs as much as looking
/// ourselves, but follows symbolic links only when the file is opened, and compares no device.
///
/// Looked at: before and after each commit of a write, which nothing may be acknowledged without, and once a second
/// for the sake of readers.
///
/// Touched only by the operation that holds the connection.
final class FileWatch {
    /// Nanoseconds that a connection goes without looking, as long as it only reads.
    static let interval: Int64 = 1_000_000_000

    /// Absolute.
    let path: String
    let identity: FileIdentity
    private(set) var loss: FileLoss?
    /// When the next statement looks, on the coarse clock. Long ago when the file is lost, so that one comparison asks
    /// for both.
    var due: Int64
    /// There is a file: an in-memory database has none.
    let isWatching: Bool
    /// A write was or is to be committed and has not been looked after yet.
    private(set) var owesLook = false

    init(path: String, identity: FileIdentity) {
        self.path = path
        self.identity = identity
        due = pooling_clock_coarse() + Self.interval
        isWatching = true
    }

    /// Of an in-memory database.
    init() {
        path = ""
        identity = FileIdentity(device: 0, inode: 0, birth: 0)
        due = .max
        isWatching = false
    }

    func install(in database: OpaquePointer) {
        // The connection keeps this object until after the database is closed, so that it needs no reference.
        let context = Unmanaged.passUnretained(self).toOpaque()
        // Called only when something is to be committed. What it refuses is rolled back.
        sqlite3_commit_hook(
            database,
            { context in
                guard let context else { return 0 }
                return Unmanaged<FileWatch>.fromOpaque(context).takeUnretainedValue().mayCommit() ? 0 : 1
            }, context)
    }

    private func mayCommit() -> Bool {
        owesLook = true
        return look() == nil
    }

    /// - Returns: what has happened to the file. Once it is lost, it stays so for this connection.
    @discardableResult func look() -> FileLoss? {
        if let loss { return loss }
        if !isWatching { return nil }
        loss = FileLoss(FileSight.of(path), of: identity)
        due = loss == nil ? pooling_clock_coarse() + Self.interval : .min
        return loss
    }

    /// What was to be committed has failed: the next statement must not be taken for it.
    func commitFailed() { owesLook = false }

    /// After a statement has succeeded, whether it has committed something or not.
    @inline(__always) func lookAfterCommit() -> FileLoss? { owesLook ? settle() : nil }

    private func settle() -> FileLoss? {
        owesLook = false
        return look()
    }
}
