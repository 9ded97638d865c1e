/// An order of text that is written in Swift: one of ``SQLite/collations``, used as `ORDER BY name COLLATE natural`.
///
///     driver.collations = [SQLiteCollation("natural") { a, b in SQLiteOrdering(a.lowercased(), b.lowercased()) }]
///
/// The closure must be a total order that never changes: if a comes before b and b before c, a comes before c, today and
/// after the next update. SQLite sorts, groups and builds indexes by it; an index that was made by another order gives
/// wrong results. A program without the collation can't use such an index at all.
///
/// It runs inside of statements, by several connections at once, and can neither throw nor reach the connection.
/// Text that is no UTF-8 never gets there: it comes after all text that is, ordered by its bytes.
public struct SQLiteCollation: Sendable {
    /// As SQL knows it; upper and lower case of ASCII are the same.
    public let name: String
    let body: CollationBody

    /// - Parameters:
    ///   - name: 1 to 255 bytes of UTF-8, and not one of SQLite's own: BINARY, NOCASE, RTRIM.
    ///   - compare: says where the first text stands, seen from the second.
    public init(_ name: String, _ compare: @escaping @Sendable (String, String) -> SQLiteOrdering) {
        self.name = name
        body = CollationBody(compare)
    }
}

/// Where a first value stands, seen from a second one.
public enum SQLiteOrdering: Sendable, Hashable {
    case before
    /// To SQL they are one value: `=`, `GROUP BY` and `UNIQUE` don't tell them apart.
    case same
    case after

    /// As the operator `<` has it.
    @inlinable public init<Value: Comparable>(_ first: Value, _ second: Value) {
        self = first < second ? .before : second < first ? .after : .same
    }
}
