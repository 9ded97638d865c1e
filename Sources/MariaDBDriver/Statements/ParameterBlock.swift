internal import CMariaDB
internal import PoolingSQL

/// Values that the library is given.
protocol StatementValues {
    /// Gives them to `statement` for as long as `body` runs.
    /// - Returns: nil if the library takes them for something else than the statement has.
    func bound<R>(to statement: UnsafeMutablePointer<MYSQL_STMT>, _ body: () -> R) -> R?
}

/// A statement's values as the library wants them. It reads them while a statement begins, and not later.
struct ParameterBlock: StatementValues {
    private(set) var bytes: [UInt8] = []
    private(set) var cells: [Cell] = []

    struct Cell {
        var type: enum_field_types
        var start: Int
        var length: Int
    }

    init(of query: SQLQuery) throws {
        for segment in query.segments {
            switch segment {
            case .bind(let value), .placed(let value): try append(value)
            case .literal, .identifier, .text: break
            }
        }
    }

    var count: Int { cells.count }

    private mutating func append(_ value: SQLValue) throws {
        let start = bytes.count
        var type = MYSQL_TYPE_STRING
        switch value {
        case .null: type = MYSQL_TYPE_NULL
        case .integer(let number): type = append(number, MYSQL_TYPE_LONGLONG)
        case .bool(let flag): type = append(Int8(flag ? 1 : 0), MYSQL_TYPE_TINY)
        case .double(let number):
            guard number.isFinite else {
                throw SQLError(.typeMismatch, "MariaDB's numbers can't be infinite, nor NaN")
            }
            type = append(number.bitPattern, MYSQL_TYPE_DOUBLE)
        case .text(let text), .json(let text): bytes += text.utf8
        case .blob(let blob):
            bytes += blob
            type = MYSQL_TYPE_BLOB
        case .uuid(let uuid): bytes += UUIDNotation.text(uuid).utf8
        case .timestamp(let date):
            guard let text = TimestampNotation.text(date) else {
                throw SQLError(.typeMismatch, "MariaDB's dates go from the year 0 to the year 9999")
            }
            bytes += text.utf8
        case .decimal(let decimal):
            guard let text = DecimalNotation.text(decimal) else {
                throw SQLError(.typeMismatch, "MariaDB's decimals can't be NaN")
            }
            bytes += text.utf8
            type = MYSQL_TYPE_NEWDECIMAL
        }
        cells.append(Cell(type: type, start: start, length: bytes.count - start))
    }

    /// Aligned, since the library reads it as a number.
    private mutating func append(_ number: some FixedWidthInteger, _ type: enum_field_types) -> enum_field_types {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
        return type
    }

    func bound<R>(to statement: UnsafeMutablePointer<MYSQL_STMT>, _ body: () -> R) -> R? {
        if cells.isEmpty { return body() }
        return withUnsafeTemporaryAllocation(of: MYSQL_BIND.self, capacity: cells.count) { binds in
            bytes.withUnsafeBytes { bytes in
                // The library only reads them.
                let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                for (index, cell) in cells.enumerated() {
                    var bind = MYSQL_BIND()
                    bind.buffer_type = cell.type
                    bind.buffer = base.map { $0 + cell.start }
                    bind.buffer_length = UInt(cell.length)
                    bind.length_value = UInt(cell.length)
                    binds.initializeElement(at: index, to: bind)
                }
                return mysql_stmt_bind_param(statement, binds.baseAddress) == 0 ? body() : nil
            }
        }
    }
}
