#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A value on its way to a database or from it, in the types that the databases have in common.
///
/// A database that lacks one of them stores it in a notation of its own, as the driver's documentation says; what it
/// has beyond them travels as `text`. A type of your own takes part through ``SQLEncodable`` and ``SQLDecodable``.
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
    /// A moment, whatever the time zone.
    case timestamp(Date)
    case uuid(UUID)
    case decimal(Decimal)
    /// A text in JSON, which is not looked at on its way.
    case json(String)

    /// What kind of value it is, without the value: fit for an error message.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .double: "double"
        case .text: "text"
        case .blob: "blob"
        case .bool: "bool"
        case .timestamp: "timestamp"
        case .uuid: "uuid"
        case .decimal: "decimal"
        case .json: "json"
        }
    }
}
