/// The column names of a result, shared by all of its rows.
public final class SQLColumns: Sendable, RandomAccessCollection {
    @usableFromInline let names: [String]
    /// Only for wide results: up to a handful of names, comparing one after the other is quicker than hashing.
    private let index: [String: Int]?

    public init(_ names: [String]) {
        self.names = names
        index = names.count > 8 ? Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first }) : nil
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { names.count }
    @inlinable public subscript(position: Int) -> String { names[position] }

    /// Where the column stands; the first one, if several have this name.
    /// - Complexity: O(1), or O(n) for at most eight columns.
    public func position(of name: String) -> Int? {
        index.map { $0[name] } ?? names.firstIndex(of: name)
    }
}
