internal import CLibPQ
internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// How values travel: each in text, for now.
enum ValueCodec {
    /// The type that a parameter is declared to have; 0: whatever the statement makes of it.
    static func declaredType(of value: SQLValue) -> Oid { 0 }

    /// Whether columns of this type are asked for in binary.
    static func prefersBinary(_ type: Oid) -> Bool { false }

    /// Appends the value in its notation for a parameter of this type.
    /// - Returns: 0 for text, 1 for binary; nil: the value is NULL.
    static func encode(_ value: SQLValue, as type: Oid, into bytes: inout [UInt8]) throws -> Int32? {
        switch value {
        case .null: return nil
        case .integer(let number): bytes += "\(number)".utf8
        case .double(let number): bytes += "\(number)".utf8
        case .text(let text), .json(let text): bytes += text.utf8
        case .bool(let flag): bytes += (flag ? "t" : "f").utf8
        case .uuid(let uuid): bytes += UUIDNotation.text(uuid).utf8
        case .blob(let blob):
            bytes += blob
            return 1
        case .timestamp(let date):
            guard let text = TimestampNotation.text(date) else {
                throw SQLError(.typeMismatch, "a date outside of the years 0000 to 9999 can't be bound")
            }
            bytes += "\(text)+00".utf8
        case .decimal(let decimal): bytes += "\(decimal)".utf8
        }
        return 0
    }

    /// The value of a column, from its notation.
    static func decode(_ bytes: UnsafeRawBufferPointer, type: Oid, isBinary: Bool) throws -> SQLValue {
        let text = String(decoding: bytes, as: UTF8.self)
        switch type {
        case 16: return .bool(text == "t")
        case 20, 21, 23, 26: return Int64(text).map(SQLValue.integer) ?? .text(text)
        case 700, 701: return Double(text).map(SQLValue.double) ?? .text(text)
        case 1700: return Decimal(string: text).map(SQLValue.decimal) ?? .text(text)
        case 2950: return UUIDNotation.uuid(text).map(SQLValue.uuid) ?? .text(text)
        case 114, 3802: return .json(text)
        case 1114, 1184: return TimestampNotation.date(text).map(SQLValue.timestamp) ?? .text(text)
        case 17:
            var blob: [UInt8] = []
            var digits = text.dropFirst(2).utf8.makeIterator()
            while let high = digits.next(), let low = digits.next() { blob.append(digit(high) << 4 | digit(low)) }
            return .blob(blob)
        default: return .text(text)
        }
    }

    private static func digit(_ character: UInt8) -> UInt8 { character > 57 ? character & 0xF &+ 9 : character & 0xF }
}
