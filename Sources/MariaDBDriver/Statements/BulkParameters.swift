internal import CMariaDB

/// The values of one statement for many executions, which go to the server in one packet.
///
/// Column by column, as the library wants them: numbers side by side, everything else as pointers with lengths.
final class BulkParameters: StatementValues {
    let count: Int
    /// Where the values are, and what tells where: freed with this.
    private let values: UnsafeMutableRawBufferPointer
    private var memory: [UnsafeMutableRawPointer] = []
    private var binds: [MYSQL_BIND] = []

    /// What of `blocks` can go together: from the first on, as many as have values of the same types, in so many bytes. At
    /// least one.
    static func prefix(of blocks: ArraySlice<ParameterBlock>, bytes limit: Int) -> Int {
        guard let first = blocks.first else { return 0 }
        var types = first.cells.map(\.type)
        var bytes = 0
        var count = 0
        for block in blocks {
            bytes += block.bytes.count + 8 * block.cells.count
            if count > 0, bytes > limit { break }
            var isSame = block.cells.count == types.count
            for (column, cell) in block.cells.enumerated() where isSame && cell.type != MYSQL_TYPE_NULL {
                if types[column] == MYSQL_TYPE_NULL { types[column] = cell.type }
                isSame = types[column] == cell.type
            }
            if !isSame { break }
            count += 1
        }
        return count
    }

    init(_ blocks: ArraySlice<ParameterBlock>) {
        count = blocks.count
        let size = blocks.reduce(0) { $0 + $1.bytes.count }
        values = .allocate(byteCount: max(size, 1), alignment: 16)
        let columns = blocks.first?.cells.count ?? 0
        var starts: [Int] = []
        var end = 0
        for block in blocks {
            starts.append(end)
            block.bytes.withUnsafeBytes { values[end...].copyBytes(from: $0) }
            end += block.bytes.count
        }
        for column in 0..<columns { bind(column, of: blocks, starts) }
    }

    deinit {
        values.deallocate()
        for piece in memory { piece.deallocate() }
    }

    private func bind(_ column: Int, of blocks: ArraySlice<ParameterBlock>, _ starts: [Int]) {
        let type =
            blocks.lazy.map { $0.cells[column].type }.first { $0 != MYSQL_TYPE_NULL } ?? MYSQL_TYPE_STRING
        let width = Self.width(of: type)
        let indicators = allocate(CChar.self)
        let lengths = allocate(UInt.self)
        let pointers = width == nil ? allocate(UnsafeMutableRawPointer?.self) : nil
        let numbers = width.map { allocate(UInt8.self, times: $0) }
        for (row, block) in blocks.enumerated() {
            let cell = block.cells[column]
            let isNull = cell.type == MYSQL_TYPE_NULL
            indicators[row] = CChar(isNull ? STMT_INDICATOR_NULL.rawValue : STMT_INDICATOR_NONE.rawValue)
            lengths[row] = UInt(cell.length)
            let place = values.baseAddress.map { $0 + starts[row] + cell.start }
            pointers?[row] = place
            if let width, let numbers, let place, !isNull {
                UnsafeMutableRawPointer(numbers + row * width).copyMemory(from: place, byteCount: width)
            }
        }
        var bind = MYSQL_BIND()
        bind.buffer_type = type
        bind.buffer = numbers.map { UnsafeMutableRawPointer($0) } ?? pointers.map { UnsafeMutableRawPointer($0) }
        bind.length = lengths
        bind.u.indicator = indicators
        binds.append(bind)
    }

    /// Of a number; nil for what has a length of its own.
    private static func width(of type: enum_field_types) -> Int? {
        switch type {
        case MYSQL_TYPE_TINY: 1
        case MYSQL_TYPE_LONGLONG, MYSQL_TYPE_DOUBLE: 8
        default: nil
        }
    }

    /// Zeros, a value for each row.
    private func allocate<Value: BitwiseCopyable>(_: Value.Type, times: Int = 1) -> UnsafeMutablePointer<Value> {
        let size = MemoryLayout<Value>.stride * count * times
        let piece = UnsafeMutableRawPointer.allocate(byteCount: max(size, 1), alignment: 16)
        piece.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        memory.append(piece)
        return piece.assumingMemoryBound(to: Value.self)
    }

    func bound<R>(to statement: UnsafeMutablePointer<MYSQL_STMT>, _ body: () -> R) -> R? {
        var rows = UInt32(count)
        mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &rows)
        return binds.withUnsafeMutableBufferPointer {
            mysql_stmt_bind_param(statement, $0.baseAddress) == 0 ? body() : nil
        }
    }

    /// Its next execution is a single one again.
    static func release(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
        var none: UInt32 = 0
        mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &none)
    }
}
