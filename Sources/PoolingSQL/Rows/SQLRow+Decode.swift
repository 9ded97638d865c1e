extension SQLRow {
    /// The value of the column at `position`, counted from 0.
    /// - Throws: ``SQLError`` of kind `.noSuchColumn` or `.typeMismatch`.
    @inlinable public func decode<T: SQLDecodable>(_ position: Int, as type: T.Type = T.self) throws(SQLError) -> T {
        guard let value = self[position] else { throw missing(position) }
        guard let decoded = T(sqlValue: value) else { throw mismatch(position, T.self) }
        return decoded
    }

    /// The value of the column called `name`.
    /// - Throws: ``SQLError`` of kind `.noSuchColumn` or `.typeMismatch`.
    @inlinable public func decode<T: SQLDecodable>(_ name: String, as type: T.Type = T.self) throws(SQLError) -> T {
        guard let position = columns.position(of: name) else { throw missing(name) }
        return try decode(position, as: type)
    }

    /// The only column of this row.
    /// - Throws: ``SQLError`` of kind `.typeMismatch`, also if there are more or fewer columns than one.
    @inlinable public func decode<T: SQLDecodable>(_ type: T.Type) throws(SQLError) -> T {
        guard columns.count == 1 else { throw wrongWidth(1) }
        return try decode(0, as: type)
    }

    /// All columns, in their order: `try row.decode((Int, String?).self)`.
    /// - Throws: ``SQLError`` of kind `.typeMismatch`, also if the number of columns is not that of the types.
    @inlinable public func decode<each T: SQLDecodable>(
        _ types: (repeat each T).Type
    ) throws(SQLError) -> (repeat each T) {
        var width = 0
        for _ in repeat (each T).self { width += 1 }
        guard columns.count == width else { throw wrongWidth(width) }
        var position = -1
        func next<Column: SQLDecodable>(_ type: Column.Type) throws(SQLError) -> Column {
            position += 1
            return try decode(position, as: type)
        }
        return (repeat try next((each T).self))
    }

    /// A value of your own type, whose properties are found by the names of the columns.
    ///
    /// A property takes what its type takes as ``SQLDecodable``, or its raw value; a struct, array or dictionary is read
    /// from the JSON that its column holds.
    /// - Throws: ``SQLError`` of kind `.noSuchColumn` or `.typeMismatch`, and what the type's own `init(from:)` throws.
    public func decode<T: Decodable>(row type: T.Type) throws -> T {
        try T(from: SQLRowDecoder(row: self))
    }

    /// A value of your own type, as ``decode(row:)`` reads it.
    /// - Throws: ``SQLError`` of kind `.noSuchColumn` or `.typeMismatch`, and what the type's own `init(from:)` throws.
    @_disfavoredOverload
    public func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try T(from: SQLRowDecoder(row: self))
    }

    @usableFromInline @inline(never) func missing(_ position: Int) -> SQLError {
        SQLError(.noSuchColumn, "the row has no column \(position): it has \(count), counted from 0")
    }

    @usableFromInline @inline(never) func missing(_ name: String) -> SQLError {
        SQLError(.noSuchColumn, "the row has no column '\(name)': it has \(columns.joined(separator: ", "))")
    }

    @usableFromInline @inline(never) func mismatch(_ position: Int, _ type: Any.Type) -> SQLError {
        SQLError(.typeMismatch, "\(holding(position)), which can't be read as \(type)")
    }

    /// The beginning of a sentence on a column of this row: which one it is and what kind of value it has.
    func holding(_ position: Int) -> String {
        "column \(position) ('\(columns[position])') holds \(self[position]?.kindName ?? "nothing")"
    }

    @usableFromInline @inline(never) func wrongWidth(_ wanted: Int) -> SQLError {
        SQLError(.typeMismatch, "the row has \(count) columns and can't be read as \(wanted)")
    }
}
