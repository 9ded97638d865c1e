internal import CSQLite
internal import PoolingSQL

/// One call of a function, as SQLite makes it. Its pointers are good until the call returns, and nothing here keeps one.
struct FunctionCall {
    private let context: OpaquePointer?
    private let count: Int32
    private let values: UnsafeMutablePointer<OpaquePointer?>?

    init(_ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
        self.context = context
        self.count = count
        self.values = values
    }

    var arguments: SQLiteArguments {
        let given = UnsafeBufferPointer(start: values, count: values == nil ? 0 : Int(count))
        return SQLiteArguments(values: given.map(Self.value))
    }

    private static func value(_ pointer: OpaquePointer?) -> SQLValue {
        switch sqlite3_value_type(pointer) {
        case SQLITE_INTEGER: return .integer(sqlite3_value_int64(pointer))
        case SQLITE_FLOAT: return .double(sqlite3_value_double(pointer))
        case SQLITE_TEXT:
            // In this order: asking for the bytes first could convert the value under the pointer.
            guard let start = sqlite3_value_text(pointer) else { return .null }
            return PreparedStatement.text(
                UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(pointer))))
        case SQLITE_BLOB:
            guard let start = sqlite3_value_blob(pointer) else { return .blob([]) }
            return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(pointer)))))
        default: return .null
        }
    }

    func give(_ value: SQLValue) {
        switch value {
        case .null: sqlite3_result_null(context)
        case .integer(let number): sqlite3_result_int64(context, number)
        case .double(let number):
            // SQLite would make NULL of it.
            if number.isNaN { return refuse("it gave NaN; give nil if NULL is what you mean") }
            sqlite3_result_double(context, number)
        case .bool(let flag): sqlite3_result_int64(context, flag ? 1 : 0)
        case .text(let text), .json(let text): give(text)
        case .timestamp(let date):
            guard let text = TimestampNotation.text(date) else {
                return refuse("it gave a date outside of the years 0000 to 9999")
            }
            give(text)
        case .uuid(let uuid): give(UUIDNotation.text(uuid))
        case .decimal(let decimal):
            guard let text = DecimalNotation.text(decimal) else { return refuse("it gave NaN") }
            give(text)
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_result_zeroblob(context, 0) }
            bytes.withUnsafeBytes { csqlite_result_blob(context, $0.baseAddress, UInt64($0.count)) }
        }
    }

    private func give(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // SQLite takes a null pointer for NULL, and an empty buffer may have one.
            guard let start = bytes.baseAddress else { return csqlite_result_text(context, "", 0) }
            start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                csqlite_result_text(context, $0, UInt64(bytes.count))
            }
        }
    }

    private func refuse(_ reason: String) {
        sqlite3_result_error(context, "a function's value can't be stored: \(reason)", -1)
    }

    func fail(_ name: String, _ error: any Error) {
        let cause = (error as? SQLError)?.message ?? "\(error)"
        sqlite3_result_error(context, "the function '\(name)' failed: \(cause)", -1)
    }

    func failForMemory() { sqlite3_result_error_nomem(context) }

    /// The place where SQLite keeps a group's state, empty at first; of no size, if there was none before: nil.
    func place(_ size: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer?>? {
        sqlite3_aggregate_context(context, Int32(size))?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    }
}
