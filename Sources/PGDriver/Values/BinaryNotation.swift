internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Values in the binary forms of their types (the server's `…send` functions).
enum BinaryNotation {
    /// - Returns: nil if the bytes do not have the form of the type.
    static func value(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> SQLValue? {
        switch type {
        case .int8: ByteReader.only(bytes).map(SQLValue.integer)
        case .int4: ByteReader.only(bytes, Int32.self).map { .integer(Int64($0)) }
        case .int2: ByteReader.only(bytes, Int16.self).map { .integer(Int64($0)) }
        case .oid: ByteReader.only(bytes, UInt32.self).map { .integer(Int64($0)) }
        case .text, .varchar, .bpchar, .name, .char, .unknown: text(bytes)
        case .bool: bool(bytes).map(SQLValue.bool)
        case .float8: ByteReader.only(bytes).map { .double(Double(bitPattern: $0)) }
        case .float4: ByteReader.only(bytes).map { .double(Double(Float(bitPattern: $0))) }
        case .bytea: .blob(Array(bytes))
        case .uuid: UUIDNotation.uuid(Array(bytes)).map(SQLValue.uuid)
        case .numeric: NumericNotation.value(bytes)
        case .timestamp, .timestamptz:
            ByteReader.only(bytes, Int64.self).map { microseconds in
                TimeNotation.moment(microseconds).map(SQLValue.timestamp)
                    ?? .text(TimeNotation.timestamp(microseconds, offset: ""))
            }
        case .json: String(exactly: bytes).map(SQLValue.json)
        case .jsonb: json(bytes).map(SQLValue.json)
        case .void: bytes.isEmpty ? .text("") : nil
        case .date, .time, .timetz, .interval: text(bytes, type).map(SQLValue.text)
        }
    }

    /// The text that the server itself would make of it, in ISO 8601 and UTC.
    /// - Returns: nil if the bytes do not have the form of the type.
    static func text(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType) -> String? {
        switch type {
        case .date: ByteReader.only(bytes).map(TimeNotation.date(daysSince2000:))
        case .time: ByteReader.only(bytes).flatMap { $0 >= 0 ? TimeNotation.time($0) : nil }
        case .timetz: timeWithOffset(bytes)
        case .timestamp: ByteReader.only(bytes).map { TimeNotation.timestamp($0, offset: "") }
        case .timestamptz: ByteReader.only(bytes).map { TimeNotation.timestamp($0, offset: "+00") }
        case .interval: interval(bytes)?.description
        case .numeric: NumericNotation.text(bytes)
        case .float4: ByteReader.only(bytes).map { TextNotation.text(Float(bitPattern: $0)) }
        default: value(bytes, type).flatMap(TextNotation.text)
        }
    }

    /// A database in SQL_ASCII holds whatever it was given: what is no UTF-8 stays bytes.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> SQLValue {
        String(exactly: bytes).map(SQLValue.text) ?? .blob(Array(bytes))
    }

    private static func bool(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        guard let byte = ByteReader.only(bytes, UInt8.self), byte < 2 else { return nil }
        return byte == 1
    }

    /// The version of the form, so far always 1, stands before the text.
    private static func json(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.first == 1 else { return nil }
        return String(exactly: UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
    }

    private static func timeWithOffset(_ bytes: UnsafeRawBufferPointer) -> String? {
        var reader = ByteReader(bytes)
        guard let microseconds: Int64 = reader.integer(), microseconds >= 0, let west: Int32 = reader.integer(),
            reader.isAtEnd
        else { return nil }
        return TimeNotation.time(microseconds) + TimeNotation.offset(secondsWest: west)
    }

    private static func interval(_ bytes: UnsafeRawBufferPointer) -> PostgresInterval? {
        var reader = ByteReader(bytes)
        guard let microseconds: Int64 = reader.integer(), let days: Int32 = reader.integer(),
            let months: Int32 = reader.integer(), reader.isAtEnd
        else { return nil }
        return PostgresInterval(months: months, days: days, microseconds: microseconds)
    }
}
