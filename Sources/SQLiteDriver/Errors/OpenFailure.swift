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
    /// - Parameter code: what SQLite answered.
    static func explain(_ settings: SQLite, code: Int32, database: OpaquePointer?) -> SQLError {
        let path = settings.path
        var error = SQLError.sqlite(code, of: database, path: path)
        guard error.kind == .cannotOpen || code & 0xFF == SQLITE_PERM || code & 0xFF == SQLITE_IOERR else {
            return error
        }
        error.kind = .cannotOpen
        error.message = "'\(path)' can't be opened: \(cause(settings) ?? error.message)"
        return error
    }

    /// It was to be written to, and SQLite has silently opened it for reading only.
    static func onlyReadable(_ settings: SQLite) -> SQLError {
        SQLError(
            .cannotOpen,
            "'\(settings.path)' can't be opened: this user may not write to it; change its permissions or open it with "
                + "readOnly: true")
    }

    /// Paths that SQLite would take for something else than a file (F48).
    static func refuse(path: String) -> SQLError? {
        if path == ":memory:" {
            return SQLError(
                .cannotOpen,
                "':memory:' can't be pooled: a private in-memory database belongs to one connection, so every "
                    + "connection of the pool would have another, empty one; use a file")
        }
        if path.isEmpty {
            return SQLError(
                .cannotOpen,
                "an empty path can't be pooled: SQLite would give every connection a temporary database of its own; "
                    + "name a file")
        }
        if path.utf8.contains(0) {
            return SQLError(.cannotOpen, "the path contains a NUL character, which no file name can")
        }
        return nil
    }

    /// A file of a single byte: SQLite takes it for an empty database and would write over it.
    static func singleByte(_ settings: SQLite) -> SQLError? {
        var status = stat()
        guard stat(settings.path, &status) == 0, status.st_size == 1 else { return nil }
        return SQLError(
            .notADatabase, "'\(settings.path)' is no SQLite database (it is one byte long); it was left as it is")
    }

    private static func cause(_ settings: SQLite) -> String? {
        let path = settings.path
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        switch kind(of: folder) {
        case nil: return "there is no folder '\(folder)'; make it first or correct the path"
        case S_IFDIR: break
        default: return "'\(folder)' is no folder; correct the path"
        }
        switch kind(of: path) {
        case nil where settings.readOnly: return "there is no such file, and readOnly makes none; correct the path"
        case nil where !settings.createIfMissing:
            return "there is no such file, and createIfMissing is off; correct the path or turn it on"
        case nil: return "no file can be made in '\(folder)'; check its permissions"
        case S_IFDIR: return "it is a folder; name a file in it"
        case S_IFREG: break
        default: return "it is no regular file"
        }
        if access(path, R_OK) != 0 { return "this user may not read it; change its permissions" }
        if !settings.readOnly, access(folder, W_OK) != 0 {
            return "this user may not write to '\(folder)', where SQLite keeps its journal; change its permissions"
        }
        return nil
    }

    /// The file's type as `stat` gives it; nil if there is none, or none that can be seen.
    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
