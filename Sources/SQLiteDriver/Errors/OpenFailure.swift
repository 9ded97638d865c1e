internal import CSQLite
internal import PoolingSQL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Finds out why a file could not be opened, and says it in one sentence. SQLite itself says "unable to open database
/// file" to everything.
enum OpenFailure {
    /// - Parameters:
    ///   - code: what SQLite answered.
    ///   - isRead: the file itself was opened, and reading it is what failed.
    static func explain(_ settings: SQLite, code: Int32, database: OpaquePointer?, isRead: Bool = false) -> SQLError {
        let path = settings.path
        var error = SQLError.sqlite(code, of: database, path: path)
        guard error.kind == .cannotOpen || code & 0xFF == SQLITE_PERM || code & 0xFF == SQLITE_IOERR else {
            return error
        }
        error.kind = .cannotOpen
        error.message = "'\(path)' can't be opened: \(cause(settings, isRead) ?? error.message)"
        return error
    }

    /// It was to be written to, and SQLite has silently opened it for reading only.
    static func onlyReadable(_ settings: SQLite) -> SQLError {
        SQLError(
            .cannotOpen,
            "'\(settings.path)' can't be opened: this user may not write to it; change its permissions or open it with "
                + "readOnly: true (read_only=true in a URL)")
    }

    /// Somebody is exchanging the file at this moment.
    static func moved(_ settings: SQLite) -> SQLError {
        SQLError(
            .fileReplaced,
            "'\(settings.path)' was deleted or replaced while it was being opened; connect again when the file is in place"
        )
    }

    /// Before 3.36 SQLite gave every connection an in-memory database of its own, whatever its name.
    static func oldLibrary() -> SQLError? {
        guard sqlite3_libversion_number() < 3_036_000 else { return nil }
        return SQLError(
            .cannotOpen,
            "in-memory databases that outlive a connection need SQLite 3.36, and this is "
                + "\(String(cString: sqlite3_libversion())); use a file")
    }

    /// A file of a single byte: SQLite takes it for an empty database and would write over it.
    static func singleByte(_ settings: SQLite) -> SQLError? {
        var status = stat()
        guard stat(settings.path, &status) == 0, status.st_size == 1 else { return nil }
        return SQLError(
            .notADatabase, "'\(settings.path)' is no SQLite database (it is one byte long); it was left as it is")
    }

    private static func cause(_ settings: SQLite, _ isRead: Bool) -> String? {
        let path = settings.path
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        switch kind(of: folder) {
        case nil: return "there is no folder '\(folder)'; make it first or correct the path"
        case S_IFDIR: break
        default: return "'\(folder)' is no folder; correct the path"
        }
        switch kind(of: path) {
        case nil where settings.readOnly:
            return "there is no such file, and readOnly makes none (read_only in a URL); correct the path"
        case nil where !settings.createIfMissing:
            return
                "there is no such file, and createIfMissing is off (create=false in a URL); correct the path or turn it "
                + "on"
        case nil: return "no file can be made in '\(folder)'; check its permissions"
        case S_IFDIR: return "it is a folder; name a file in it"
        case S_IFREG: break
        default: return "it is no regular file"
        }
        if !isAllowed(path, R_OK) { return "this user may not read it; change its permissions" }
        if !settings.readOnly, !isAllowed(folder, W_OK) {
            return "this user may not write to '\(folder)', where SQLite keeps its journal; change its permissions"
        }
        // A look into the file would tell its journal mode; closing it again would cost the process its locks on it.
        if isRead, settings.readOnly, access(path + "-shm", R_OK) != 0,
            access(folder, W_OK) != 0 || kind(of: path + "-shm") != nil
        {
            return "reading a database in WAL mode takes the file '\(path)-shm', which can't be "
                + "\(kind(of: path + "-shm") == nil ? "made in '\(folder)'" : "read"); change the permissions, or write the "
                + "database without WAL (PRAGMA journal_mode = delete) before it is put where nobody may write"
        }
        return nil
    }

    /// `access` would ask on behalf of whoever started the process, and not of whom it works as.
    private static func isAllowed(_ path: String, _ mode: Int32) -> Bool {
        faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// The file's type as `stat` gives it; nil if there is none, or none that can be seen.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
