internal import CLibPQ
internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension ValueCodec {
    /// Appends a value in the form that a parameter of this type takes. Conversions lose nothing: what the type can't hold
    /// is refused before anything is sent. What is bound as a float rounds as floats do, but for integers.
    ///
    /// - Parameters:
    ///   - type: as the server has described the parameter; 0: not known.
    ///   - bytes: what was appended before is left alone; after an error something may have been appended.
    ///   - limit: bytes of one value at most; the server's own limit, which is far below what a length in the protocol
    ///     can say (F66).
    /// - Returns: 0 for text, without an end mark; 1 for binary; nil: the value is NULL.
    /// - Throws: ``SQLError`` of kind `.typeMismatch`, which names the types and not the value.
    static func encode(
        _ value: SQLValue, as type: Oid, into bytes: inout [UInt8], limit: Int = 0x3FFF_FFFF
    ) throws(SQLError) -> Int32? {
        let start = bytes.count
        let format = try append(value, type, to: &bytes)
        guard bytes.count - start <= limit else { throw mismatch(value, "a parameter: it is longer than 1 GiB") }
        return format
    }

    private static func append(
        _ value: SQLValue, _ type: Oid, to bytes: inout [UInt8]
    ) throws(SQLError) -> Int32? {
        if case .null = value { return nil }
        let known = PostgresType(rawValue: type)
        switch known {
        case .int2, .int4, .int8, .oid: try appendInteger(value, known, to: &bytes)
        case .bool:
            guard let flag = Bool(sqlValue: value) else { return try appendText(value, "boolean", to: &bytes) }
            bytes.append(flag ? 1 : 0)
        case .float8, .float4:
            guard let number = exactDouble(value) else { return try appendText(value, "number", to: &bytes) }
            guard known == .float4 else {
                bytes.append(number: number.bitPattern)
                break
            }
            let rounded = Float(number)
            guard rounded.isFinite || !number.isFinite else { throw mismatch(value, "float4: it is too large") }
            bytes.append(number: rounded.bitPattern)
        case .numeric:
            guard let decimal = exactDecimal(value) else { return try appendText(value, "number", to: &bytes) }
            NumericNotation.append(decimal, to: &bytes)
        case .bytea:
            guard case .blob(let blob) = value else { throw mismatch(value, "bytea") }
            bytes += blob
        case .uuid:
            guard let uuid = UUID(sqlValue: value) else { return try appendText(value, "uuid", to: &bytes) }
            withUnsafeBytes(of: uuid.uuid) { bytes += $0 }
        case .timestamp, .timestamptz:
            guard case .timestamp(let date) = value else { return try appendText(value, "point in time", to: &bytes) }
            guard let microseconds = TimeNotation.microseconds(date) else {
                throw mismatch(value, "timestamp: it is outside of the years that PostgreSQL knows")
            }
            bytes.append(number: microseconds)
        case .date:
            guard case .timestamp(let date) = value else { return try appendText(value, "day", to: &bytes) }
            guard let days = TimeNotation.daysSince2000(date) else {
                throw mismatch(value, "date: it has a time of the day in UTC, which would be lost, or is out of range")
            }
            bytes.append(number: days)
        case .text, .varchar, .bpchar, .name, .json: try appendWords(value, to: &bytes)
        case .jsonb:
            bytes.append(1)
            try appendWords(value, to: &bytes)
        case .time, .timetz, .interval, .char, .unknown, .void, nil: return try appendText(value, nil, to: &bytes)
        }
        return 1
    }

    private static func appendInteger(
        _ value: SQLValue, _ type: PostgresType?, to bytes: inout [UInt8]
    ) throws(SQLError) {
        let number: Int64
        switch value {
        case .integer(let integer): number = integer
        case .bool(let flag): number = flag ? 1 : 0
        case .double(let double):
            guard let exact = Int64(exactly: double) else {
                throw mismatch(value, "\(name(type)): it has a fraction or is too large")
            }
            number = exact
        case .decimal(let decimal):
            guard let exact = DecimalNotation.text(decimal).flatMap({ Int64($0) }) else {
                throw mismatch(value, "\(name(type)): it has a fraction or is too large")
            }
            number = exact
        case .text(let text):
            guard let exact = Int64(text) else { throw mismatch(value, "\(name(type)): it is no whole number") }
            number = exact
        default: throw mismatch(value, name(type))
        }
        switch type {
        case .int2: try append(Int16(exactly: number), value, type, to: &bytes)
        case .int4: try append(Int32(exactly: number), value, type, to: &bytes)
        case .oid: try append(UInt32(exactly: number), value, type, to: &bytes)
        default: bytes.append(number: number)
        }
    }

    private static func append<Number: FixedWidthInteger>(
        _ number: Number?, _ value: SQLValue, _ type: PostgresType?, to bytes: inout [UInt8]
    ) throws(SQLError) {
        guard let number else { throw mismatch(value, "\(name(type)): it is too large") }
        bytes.append(number: number)
    }

    /// For errors only: an enum's name costs more than the rest of a statement.
    private static func name(_ type: PostgresType?) -> String { type.map { "\($0)" } ?? "" }

    private static func exactDouble(_ value: SQLValue) -> Double? {
        switch value {
        case .double(let number): number
        case .integer(let number): Double(exactly: number)
        default: nil
        }
    }

    /// NaN and the infinities travel as text: Decimal has only one of them.
    private static func exactDecimal(_ value: SQLValue) -> Decimal? {
        switch value {
        case .decimal(let decimal): decimal
        case .integer(let number): Decimal(number)
        default: nil
        }
    }

    /// For types whose binary form is a text.
    private static func appendWords(_ value: SQLValue, to bytes: inout [UInt8]) throws(SQLError) {
        let start = bytes.count
        if case .blob = value { throw mismatch(value, "text") }
        guard let text = TextNotation.text(value) else { throw mismatch(value, "text: it has no notation") }
        bytes += text.utf8
        if bytes[start...].contains(0) { throw mismatch(value, "text: PostgreSQL's texts can't contain U+0000") }
    }

    /// What the server has to read itself: a notation of its own, or a type that the driver does not know.
    /// - Parameter wanted: of what kind the type is, if only numbers and texts can be one.
    private static func appendText(
        _ value: SQLValue, _ wanted: String?, to bytes: inout [UInt8]
    ) throws(SQLError) -> Int32 {
        if let wanted {
            switch value {
            case .text: break
            // NaN and the infinities for a numeric, a decimal for a float.
            case .decimal where wanted == "number", .double where wanted == "number": break
            default: throw mismatch(value, wanted)
            }
        }
        // As its bytes, whatever type that is.
        if case .blob(let blob) = value {
            bytes += blob
            return 1
        }
        try appendWords(value, to: &bytes)
        return 0
    }

    private static func mismatch(_ value: SQLValue, _ wanted: String) -> SQLError {
        SQLError(.typeMismatch, "a value of kind \(value.kindName) can't be bound as \(wanted)")
    }
}
