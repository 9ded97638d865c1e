/// What a commit, or several of them, may have changed.
public struct SQLiteChange: Sendable, Hashable {
    /// Tables that rows were inserted into, updated in or deleted from, through triggers and foreign keys, too. A table
    /// that a statement could have changed through a trigger, and did not, may be among them.
    public var tables: Set<String>
    /// A table, an index, a view or a trigger was made, altered or dropped.
    public var schema: Bool

    public init(tables: Set<String> = [], schema: Bool = false) {
        self.tables = tables
        self.schema = schema
    }

    var isEmpty: Bool { tables.isEmpty && !schema }

    mutating func formUnion(_ other: SQLiteChange) {
        tables.formUnion(other.tables)
        schema = schema || other.schema
    }
}
