internal import CLibPQ
internal import PoolingSQL

/// How values travel: in binary for the types of ``PostgresType`` and arrays of them, in text for the rest.
///
/// | PostgreSQL | value |
/// |---|---|
/// | `bool` | `bool` |
/// | `int2`, `int4`, `int8`, `oid` | `integer` |
/// | `float4`, `float8` | `double` |
/// | `numeric` | `decimal`; `text` if it has more digits than `Decimal` holds, and for the infinities |
/// | `bytea` | `blob` |
/// | `timestamp` (taken to be UTC), `timestamptz` | `timestamp`; `text` for the infinities |
/// | `uuid`, `json`, `jsonb` | `uuid`, `json` |
/// | `date`, `time`, `timetz`, `interval`, arrays, enums, everything else | `text` as the server writes it |
enum ValueCodec {
    /// The type that a parameter is declared to have when a statement is prepared; 0: whatever the statement makes of it.
    ///
    /// Texts, dates, UUIDs and JSON are left open, as literals in quotes are: they go into columns of any type that can
    /// read them, and a timestamp without a time zone is not converted by the session's. A number has to be declared, or
    /// `SELECT $1` would be a text, and `$1 + $2` ambiguous; and an integer as the server takes a literal one, since
    /// there is `repeat(text, int4)` and no `repeat(text, int8)`. A statement that was prepared with a smaller type than
    /// a later value needs has to be prepared again: ``encode(_:as:into:limit:)`` throws `.typeMismatch` then.
    static func declaredType(of value: SQLValue) -> Oid {
        switch value {
        case .integer(let number): (Int32(exactly: number) == nil ? PostgresType.int8 : .int4).rawValue
        case .double: PostgresType.float8.rawValue
        case .bool: PostgresType.bool.rawValue
        case .blob: PostgresType.bytea.rawValue
        case .decimal: PostgresType.numeric.rawValue
        case .null, .text, .timestamp, .uuid, .json: 0
        }
    }

    /// Whether a statement that was prepared for this type would calculate in another way than one that is prepared for the
    /// value.
    static func isOtherNumber(_ value: SQLValue, than type: Oid) -> Bool {
        switch value {
        case .integer:
            type == PostgresType.float8.rawValue || type == PostgresType.float4.rawValue
                || type == PostgresType.numeric.rawValue
        case .double: isInteger(type) || type == PostgresType.numeric.rawValue
        case .decimal:
            isInteger(type) || type == PostgresType.float8.rawValue || type == PostgresType.float4.rawValue
        default: false
        }
    }

    private static func isInteger(_ type: Oid) -> Bool {
        type == PostgresType.int4.rawValue || type == PostgresType.int8.rawValue || type == PostgresType.int2.rawValue
            || type == PostgresType.oid.rawValue
    }

    /// Whether a column of this type may be asked for in binary: libpq takes one form for all columns of a result.
    static func prefersBinary(_ type: Oid) -> Bool {
        PostgresType(rawValue: type) != nil || PostgresType.element(ofArray: type) != nil
    }

    /// The value of a column.
    /// - Throws: ``SQLError`` of kind `.protocolViolation` if the bytes do not have the form of the type.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, type: Oid, isBinary: Bool
    ) throws(SQLError) -> SQLValue {
        let known = PostgresType(rawValue: type)
        let value: SQLValue?
        if !isBinary {
            value = TextNotation.value(bytes, known)
        } else if let known {
            value = BinaryNotation.value(bytes, known)
        } else if let element = PostgresType.element(ofArray: type) {
            value = ArrayNotation.text(bytes, of: element).map(SQLValue.text)
        } else {
            // Nobody asks for those.
            value = .blob(Array(bytes))
        }
        guard let value else { throw .malformed(known.map { "\($0)" } ?? "value of type \(type)", bytes.count) }
        return value
    }
}
