/// Can be bound to a statement: `"… WHERE id = \(id)"`.
public protocol SQLEncodable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { self }
}

extension Optional: SQLEncodable where Wrapped: SQLEncodable {
    @inlinable public var sqlValue: SQLValue {
        switch self {
        case .none: .null
        case .some(let wrapped): wrapped.sqlValue
        }
    }
}

extension String: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .text(self) }
}

extension Substring: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .text(String(self)) }
}

extension [UInt8]: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .blob(self) }
}

extension Bool: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .bool(self) }
}

extension Double: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .double(self) }
}

extension Float: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .double(Double(self)) }
}

// UInt and UInt64 are left out on purpose: half of their values fit no integer column, and an encoding that fails or
// changes the type for big values only would be found in production. Convert to Int64 or String where you bind.

extension Int: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int8: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int16: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int32: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(self) }
}

extension UInt8: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension UInt16: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension UInt32: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .integer(Int64(self)) }
}
