/// A value on its way to a database or from it, in the types that the databases have in common.
///
/// What a database has beyond them (numeric, timestamps, JSON …) travels as `text` in that database's own notation.
/// A type of your own takes part through ``SQLEncodable`` and ``SQLDecodable``.
///
/// There is no description that prints the payload by default in errors: a value may be a secret.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
    /// Databases without a boolean type (SQLite, MariaDB) store 0 or 1 and give an `integer` back.
    case bool(Bool)

    /// What kind of value it is, without the value: fit for an error message.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .double: "double"
        case .text: "text"
        case .blob: "blob"
        case .bool: "bool"
        }
    }
}
