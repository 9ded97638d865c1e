internal import CSQLite
internal import PoolingSQL

extension SQLError {
    /// What SQLite says of its last call, which returned `code` (an extended one).
    static func sqlite(_ code: Int32, of database: OpaquePointer?, path: String) -> SQLError {
        let said = database.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let message = said.map { String(cString: $0) } ?? "unknown error"
        let kind = kind(of: code)
        return SQLError(kind, sentence(kind, code, message, path), vendorCode: Int(code))
    }

    private static func sentence(_ kind: Kind, _ code: Int32, _ message: String, _ path: String) -> String {
        switch kind {
        case .diskFull where path == Place.memoryPath:
            "\(message): the in-memory database has reached the size that SQLite allows it (1 GiB, unless max_page_count "
                + "says less); make room in it and repeat the transaction, or use a file"
        case .diskFull:
            "\(message): there is no space left for '\(path)', its journal or SQLite's temporary files; make room and "
                + "repeat the transaction"
        case .serialization:
            "\(message): somebody has written since this transaction first read; repeat the whole of it, and begin it "
                + "as one that writes"
        case .notADatabase: "'\(path)' is no SQLite database (\(message)); it was left as it is"
        case .corrupt: "'\(path)' is damaged (\(message)); restore it from a backup or see what .recover can save"
        case .fileReplaced:
            "'\(path)' was deleted or replaced for a moment (\(message)); the statement had no effect: repeat it"
        case .other where code & 0xFF == SQLITE_IOERR: "reading or writing '\(path)' failed: \(message)"
        case .other where message.hasPrefix("unsafe use of "):
            "\(message): the driver does not trust this file's views, triggers and the like with it; if nobody else writes "
                + "the file, set trustedSchema: true (trusted_schema=true in a URL)"
        default: message
        }
    }

    static func kind(of code: Int32) -> Kind {
        // The extended codes are macros that compute; these are their values, as documented and never changed.
        switch code {
        case 2067, 1555, 2579: return .uniqueViolation
        case 787: return .foreignKeyViolation
        case 1299: return .notNullViolation
        case 275: return .checkViolation
        case 3091: return .typeMismatch
        case 517: return .serialization
        // A commit that our hook refused, and SQLite's own discovery, which it makes only without a log.
        case 531, 1032: return .fileReplaced
        default: break
        }
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: return .busy
        case SQLITE_READONLY: return .readOnly
        case SQLITE_INTERRUPT: return .interrupted
        case SQLITE_CORRUPT: return .corrupt
        case SQLITE_NOTADB: return .notADatabase
        case SQLITE_CANTOPEN: return .cannotOpen
        case SQLITE_FULL: return .diskFull
        case SQLITE_MISMATCH: return .typeMismatch
        case SQLITE_RANGE: return .syntax
        default: return .other
        }
    }

    /// The connection is fine, but the transaction that this call belongs to is no more (F44).
    static var transactionLost: SQLError {
        SQLError(
            .transactionLost,
            "this transaction has ended before its end: SQLite undoes the whole of one after some errors, and COMMIT or "
                + "ROLLBACK by hand ends it, too; nothing more is executed in it, so that nothing takes effect alone: "
                + "repeat the whole transaction")
    }

    /// A write in a transaction that was begun as one that reads.
    static var readOnlyTransaction: SQLError {
        SQLError(
            .readOnly,
            "this is for reading only, a transaction that was begun so or a reader of a SQLiteDatabase; write in a "
                + "transaction that was begun for writing, or with SQLiteDatabase.write")
    }

    /// The connection closes while the operation runs.
    static var closing: SQLError {
        SQLError(.interrupted, "the connection was closed while the statement ran; what it had done was undone")
    }
}
