internal import CSQLite
internal import PoolingSQL

/// A compiled statement. Belongs to one connection's cache, and is used only by the operation that holds the
/// connection.
final class PreparedStatement: CachedStatement {
    let pointer: OpaquePointer
    let text: String
    let parameterCount: Int32
    private(set) var effects: StatementEffects
    /// Nothing has to be asked before it runs.
    private(set) var isUnremarkable: Bool
    /// It changes no file.
    let isReadOnly: Bool
    /// It sets a setting, perhaps at once when it was compiled: not to be run again without that. Or it had nothing to do
    /// when it was compiled: SQLite would compile it again inside of a step, when nobody can refuse it any more.
    let isOneOff: Bool
    private(set) var columns: SQLColumns
    /// How often SQLite has compiled it again by itself, after a change of the schema.
    private var recompilations: Int32 = 0
    /// It is about to run: the cache may not end it in favour of another one.
    var isNeeded = false
    var cacheMark = StatementCacheMark()

    /// Takes over `pointer` and finalizes it at the end.
    init(_ pointer: OpaquePointer, text: String, effects: StatementEffects, doesNothing: Bool) {
        self.pointer = pointer
        self.text = text
        parameterCount = sqlite3_bind_parameter_count(pointer)
        columns = Self.columns(of: pointer)
        self.effects = effects
        isReadOnly = sqlite3_stmt_readonly(pointer) != 0 && !doesNothing
        isOneOff = effects.setsPragma || doesNothing
        isUnremarkable = effects.session.isEmpty && !effects.movesLog
    }

    /// What SQLite has said while it compiled the statement again.
    func add(_ effects: StatementEffects) {
        self.effects.formUnion(effects)
        isUnremarkable = self.effects.session.isEmpty && !self.effects.movesLog
    }

    func reset() { sqlite3_reset(pointer) }

    /// Must not be left to `deinit`: it has to happen before the connection closes, and on the right thread.
    func finalize() { sqlite3_finalize(pointer) }

    /// Looks at the columns again if SQLite has compiled the statement again: `SELECT *` may have others now.
    @inline(__always) func noticeRecompilation() {
        let count = sqlite3_stmt_status(pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
        if count != recompilations {
            recompilations = count
            columns = Self.columns(of: pointer)
        }
    }

    private static func columns(of pointer: OpaquePointer) -> SQLColumns {
        let indices = 0..<sqlite3_column_count(pointer)
        return SQLColumns(indices.map { sqlite3_column_name(pointer, $0).map(String.init(cString:)) ?? "" })
    }

    // MARK: Reading

    /// The value of a column of the current row.
    @inline(__always) func value(at index: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            // In this order: asking for the bytes first could convert the value under the pointer.
            guard let start = sqlite3_column_text(pointer, index) else { return .null }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index)))
            return Self.text(bytes)
        case SQLITE_BLOB:
            guard let start = sqlite3_column_blob(pointer, index) else { return .blob([]) }
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index)))
            return .blob(Array(bytes))
        default: return .null
        }
    }

    /// SQLite stores whatever it is given as text. What is no UTF-8 comes back as bytes: nothing is repaired silently.
    ///
    /// Decoding repairs, and comparing shows whether it did. (`String(validating:as:)` says it at once, but is not
    /// specialised and costs 150 ns more.)
    @inline(__always) static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> SQLValue {
        var text = String(decoding: bytes, as: UTF8.self)
        let isUnchanged = text.withUTF8 { decoded in
            guard decoded.count == bytes.count, let a = decoded.baseAddress, let b = bytes.baseAddress else {
                return decoded.count == bytes.count
            }
            return csqlite_is_equal(a, b, bytes.count) != 0
        }
        return isUnchanged ? .text(text) : .blob(Array(bytes))
    }
}
