/// One row of a result.
///
/// The rows of a result share one array of values and one of names, so that a row costs no allocation. A row that is
/// kept therefore keeps the values of its whole result: decode what you want to keep.
public struct SQLRow: Sendable {
    public let columns: SQLColumns
    @usableFromInline let cells: [SQLValue]
    @usableFromInline let offset: Int

    /// A row on its own.
    public init(columns: SQLColumns, values: [SQLValue]) {
        self.init(columns: columns, cells: values, offset: 0)
    }

    /// The row whose values begin at `offset`.
    @inlinable package init(columns: SQLColumns, cells: [SQLValue], offset: Int) {
        self.columns = columns
        self.cells = cells
        self.offset = offset
    }

    /// How many columns it has.
    @inlinable public var count: Int { columns.count }

    /// The values, in the order of the columns.
    public var values: ArraySlice<SQLValue> { cells[offset..<Swift.min(offset + count, cells.count)] }

    /// The value of a column by its place, counted from 0; nil if there is no such column.
    @inlinable public subscript(position: Int) -> SQLValue? {
        let index = offset + position
        guard position >= 0, position < columns.count, index < cells.count else { return nil }
        return cells[index]
    }

    /// The value of a column by its name; the first one, if several have it; nil if none has.
    public subscript(name: String) -> SQLValue? {
        columns.position(of: name).flatMap { self[$0] }
    }
}

extension SQLRow: CustomStringConvertible, CustomReflectable {
    /// Names and kinds only: the values may be somebody's secrets, and rows end up in logs.
    public var description: String {
        "(\(zip(columns, values).map { "\($0): \($1.kindName)" }.joined(separator: ", ")))"
    }
    public var customMirror: Mirror { Mirror(self, children: ["columns": description]) }
}
