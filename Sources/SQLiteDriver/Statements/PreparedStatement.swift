internal import CSQLite
internal import PoolingSQL

/// A compiled statement. Belongs to one connection's cache, and is used only by the operation that holds the
/// connection.
final class PreparedStatement {
    let pointer: OpaquePointer
    let text: String
    let parameterCount: Int32
    /// Whether `sqlite3_last_insert_rowid` says something about it.
    let isInsert: Bool
    private(set) var columns: SQLColumns
    /// How often SQLite has compiled it again by itself, after a change of the schema.
    private var recompilations: Int32 = 0
    /// When it was last used, on the cache's clock.
    var lastUse: UInt64 = 0
    /// Of the queries that the cache knows it by.
    var fingerprints: [UInt] = []

    /// Takes over `pointer` and finalizes it at the end.
    init(_ pointer: OpaquePointer, text: String) {
        self.pointer = pointer
        self.text = text
        parameterCount = sqlite3_bind_parameter_count(pointer)
        columns = Self.columns(of: pointer)
        let words = text.uppercased().split(whereSeparator: { !$0.isLetter })
        let isInsertion = { (word: Substring) in word == "INSERT" || word == "REPLACE" }
        isInsert = words.first.map(isInsertion) ?? false || words.first == "WITH" && words.contains(where: isInsertion)
    }

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

    // MARK: Values

    /// - Returns: SQLite's result code; `SQLITE_RANGE` if there are more or fewer values than placeholders.
    @inline(__always) func bind(_ query: SQLQuery) -> Int32 {
        var index: Int32 = 0
        for segment in query.segments {
            switch segment {
            case .bind(let value), .placed(let value):
                index += 1
                let code = bind(value, at: index)
                if code != SQLITE_OK { return code }
            case .literal, .identifier, .text: continue
            }
        }
        return index == parameterCount ? SQLITE_OK : SQLITE_RANGE
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
        case .double(let number): return sqlite3_bind_double(pointer, index, number)
        case .bool(let flag): return sqlite3_bind_int64(pointer, index, flag ? 1 : 0)
        case .text(var text):
            return text.withUTF8 { bytes in
                // SQLite takes a null pointer for NULL, and an empty buffer may have one.
                guard let start = bytes.baseAddress else { return csqlite_bind_text(pointer, index, "", 0) }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    csqlite_bind_text(pointer, index, $0, UInt64(bytes.count))
                }
            }
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return bytes.withUnsafeBytes { csqlite_bind_blob(pointer, index, $0.baseAddress, UInt64($0.count)) }
        }
    }

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
    @inline(__always) private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> SQLValue {
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
