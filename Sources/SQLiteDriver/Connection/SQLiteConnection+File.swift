internal import CSQLite
internal import PoolingSQL

// A look at the file itself. SQLite answers from its cache while nobody has written, and under a write-ahead log it
// does not even notice that the file was overwritten or emptied by something else: a statement alone proves nothing
// about the file of a connection that was idle (F46).
//
// The descriptor is SQLite's own and open for as long as the connection is; the file is not opened a second time, since
// closing that would drop the process's locks on it (F49). No lock is needed: the first bytes stay the same from the
// moment a database has any, whoever writes to it.
extension SQLiteConnection {
    /// The smallest page that there is: less is no database.
    private static let smallestPage: Int64 = 512
    private static let headerLength = 16

    /// Proves that the file begins as it did when it was looked at first. The bytes are compared with those and not with
    /// SQLite's usual ones, so that builds which encrypt pass, too.
    func readHeader() throws(SQLiteFailure) {
        noteCall()
        var found: UnsafeMutablePointer<sqlite3_file>?
        sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &found)
        guard let file = found, let methods = file.pointee.pMethods else { return }
        guard let measure = methods.pointee.xFileSize, let read = methods.pointee.xRead else { return }
        var size: Int64 = 0
        let measured = measure(file, &size)
        guard measured == SQLITE_OK else { throw unreadable(measured) }
        guard size >= Self.smallestPage else {
            // Nobody has written anything yet.
            if size == 0, header.isEmpty { return }
            throw .refused(
                SQLError(
                    .corrupt,
                    "'\(settings.path)' was cut to \(size) bytes by something else than SQLite while it was open; restore "
                        + "it from a backup"))
        }
        var bytes = Array(repeating: UInt8(0), count: Self.headerLength)
        let code = read(file, &bytes, Int32(Self.headerLength), 0)
        guard code == SQLITE_OK else { throw unreadable(code) }
        if header.isEmpty { header = bytes }
        guard header == bytes else {
            throw .refused(
                SQLError(
                    .notADatabase,
                    "'\(settings.path)' was overwritten by something else than SQLite while it was open; restore it from "
                        + "a backup"))
        }
    }

    private func unreadable(_ code: Int32) -> SQLiteFailure {
        .refused(SQLError.sqlite(code, of: nil, path: settings.path))
    }
}
