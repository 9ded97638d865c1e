internal import CSQLite
internal import PoolingSQL

extension PreparedStatement {
    /// Gives every placeholder its value. On throwing, none has one, and the statement can be used again.
    ///
    /// Nothing has been executed then, and no lock taken: the failure is never `.locked`.
    @inline(__always) func bind(_ query: SQLQuery) throws(SQLiteFailure) {
        var index: Int32 = 0
        for segment in query.segments {
            switch segment {
            case .bind(let value), .placed(let value):
                index += 1
                let code = bind(value, at: index)
                if code != SQLITE_OK { throw refuse(value, at: index, code) }
            case .literal, .identifier, .text: continue
            }
        }
        if index != parameterCount { throw refuse(.null, at: index, SQLITE_RANGE) }
    }

    /// - Returns: SQLite's result code; `SQLITE_MISMATCH` for what it has no notation for.
    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let number): return sqlite3_bind_int64(pointer, index, number)
        case .double(let number):
            // SQLite would store NULL.
            return number.isNaN ? SQLITE_MISMATCH : sqlite3_bind_double(pointer, index, number)
        case .bool(let flag): return sqlite3_bind_int64(pointer, index, flag ? 1 : 0)
        case .text(let text), .json(let text): return bind(text, at: index)
        case .blob(let bytes):
            if bytes.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return bytes.withUnsafeBytes { csqlite_bind_blob(pointer, index, $0.baseAddress, UInt64($0.count)) }
        case .timestamp, .uuid, .decimal: return bindNotation(of: value, at: index)
        }
    }

    @inline(__always) private func bind(_ text: String, at index: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bind($0, at: index) }
    }

    @inline(__always) private func bind(_ text: UnsafeBufferPointer<UInt8>, at index: Int32) -> Int32 {
        // SQLite takes a null pointer for NULL, and an empty buffer may have one.
        guard let start = text.baseAddress else { return csqlite_bind_text(pointer, index, "", 0) }
        return start.withMemoryRebound(to: CChar.self, capacity: text.count) {
            csqlite_bind_text(pointer, index, $0, UInt64(text.count))
        }
    }

    /// What SQLite has no type for, as text. Out of line, so that the types that it has pay nothing.
    @inline(never)
    private func bindNotation(of value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .timestamp(let date):
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: TimestampNotation.length) { bytes in
                guard TimestampNotation.write(date, to: bytes) else { return SQLITE_MISMATCH }
                return bind(UnsafeBufferPointer(bytes), at: index)
            }
        case .uuid(let uuid):
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDNotation.length) { bytes in
                UUIDNotation.write(uuid, to: bytes)
                return bind(UnsafeBufferPointer(bytes), at: index)
            }
        case .decimal(let decimal):
            return DecimalNotation.text(decimal).map { bind($0, at: index) } ?? SQLITE_MISMATCH
        case .null, .integer, .double, .bool, .text, .json, .blob: return SQLITE_MISMATCH
        }
    }

    // MARK: Refusing

    /// - Parameter index: of the placeholder, counted from 1.
    @inline(never)
    private func refuse(_ value: SQLValue, at index: Int32, _ code: Int32) -> SQLiteFailure {
        sqlite3_clear_bindings(pointer)
        var error = SQLError(SQLError.kind(of: code), "", vendorCode: Int(code))
        switch code {
        case SQLITE_RANGE:
            error.message =
                "the statement has \(parameterCount) placeholders, which is not the number of its values"
        case SQLITE_TOOBIG:
            let limit = sqlite3_limit(sqlite3_db_handle(pointer), SQLITE_LIMIT_LENGTH, -1)
            error.message =
                "the value of placeholder \(index) (\(value.kindName)) is longer than the \(limit) bytes that SQLite "
                + "takes; store it in parts, or in a file"
        case SQLITE_MISMATCH:
            // SQLite has not been asked.
            error.vendorCode = nil
            error.message = "the value of placeholder \(index) \(Self.reason(value))"
        default:
            let said = sqlite3_errstr(code).map { String(cString: $0) } ?? "unknown error"
            error.message = "the value of placeholder \(index) (\(value.kindName)) can't be bound: \(said)"
        }
        return .refused(error)
    }

    private static func reason(_ value: SQLValue) -> String {
        switch value {
        case .timestamp:
            "is a date outside of the years 0000 to 9999, which SQLite's notation does not reach; bind it as a number"
        default: "is NaN, of which SQLite would make NULL; bind nil if NULL is what you mean"
        }
    }
}
