/// Can be read from a column.
///
/// Conversions lose nothing: an integer that does not fit, a fraction read as an integer or text read as a number is a
/// mismatch and not a guess. The one exception is `Float`, which rounds.
public protocol SQLDecodable {
    /// - Returns: nil if the value is of another kind or does not fit.
    init?(sqlValue: SQLValue)
}

extension SQLValue: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self = sqlValue }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) {
        if case .null = sqlValue {
            self = .none
        } else if let wrapped = Wrapped(sqlValue: sqlValue) {
            self = .some(wrapped)
        } else {
            return nil
        }
    }
}

extension String: SQLDecodable {
    /// JSON counts as text.
    @inlinable public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .text(let text), .json(let text): self = text
        default: return nil
        }
    }
}

extension [UInt8]: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue else { return nil }
        self = bytes
    }
}

extension Bool: SQLDecodable {
    /// The integers 0 and 1 count as booleans, others do not.
    @inlinable public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .bool(let flag): self = flag
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: SQLDecodable {
    /// Integers count if the double holds them exactly.
    @inlinable public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .double(let number): self = number
        case .integer(let number):
            guard let exact = Double(exactly: number) else { return nil }
            self = exact
        default: return nil
        }
    }
}

extension Float: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) {
        guard let number = Double(sqlValue: sqlValue) else { return nil }
        self = Float(number)
    }
}

// Some databases give the sum of whole numbers as a decimal.
extension FixedWidthInteger {
    @inlinable init?(integerIn sqlValue: SQLValue) {
        switch sqlValue {
        case .integer(let number): self.init(exactly: number)
        case .double(let number): self.init(exactly: number)
        case .decimal:
            guard let text = wholeNumber(in: sqlValue) else { return nil }
            self.init(text)
        default: return nil
        }
    }
}

extension Int: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension Int8: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension Int16: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension Int32: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension Int64: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension UInt: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension UInt8: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension UInt16: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension UInt32: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}

extension UInt64: SQLDecodable {
    @inlinable public init?(sqlValue: SQLValue) { self.init(integerIn: sqlValue) }
}
