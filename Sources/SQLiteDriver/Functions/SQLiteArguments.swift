public import PoolingSQL

/// What an SQL function was called with: copies, which may be kept.
///
/// Text that is no UTF-8 comes as a blob, as it does from columns.
public struct SQLiteArguments: Sendable {
    let values: [SQLValue]

    public var count: Int { values.count }

    /// The argument at `position`, counted from 0; null where none was passed.
    public subscript(position: Int) -> SQLValue {
        values.indices.contains(position) ? values[position] : .null
    }

    /// The argument at `position`, counted from 0, as a type of your own.
    /// - Throws: ``PoolingSQL/SQLError`` of kind `.typeMismatch`; thrown on, it becomes the statement's.
    public func decode<T: SQLDecodable>(_ position: Int, as type: T.Type = T.self) throws(SQLError) -> T {
        guard values.indices.contains(position) else {
            throw SQLError(
                .typeMismatch, "there is no argument \(position): \(count) were passed, counted from 0")
        }
        guard let decoded = T(sqlValue: values[position]) else {
            throw SQLError(
                .typeMismatch, "argument \(position) is \(values[position].kindName), which can't be read as \(T.self)")
        }
        return decoded
    }
}

extension SQLiteArguments: CustomStringConvertible, CustomReflectable {
    /// Kinds only: the values may be somebody's secrets.
    public var description: String { "(\(values.map(\.kindName).joined(separator: ", ")))" }
    public var customMirror: Mirror { Mirror(self, children: ["kinds": description]) }
}
