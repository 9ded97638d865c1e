internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Values as the texts that the server reads and writes.
enum TextNotation {
    /// - Returns: nil for NULL, and for a date that has no notation.
    static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let number): String(number)
        case .double(let number): text(number)
        case .text(let text), .json(let text): text
        case .blob(let bytes): hex(bytes)
        case .bool(let flag): flag ? "t" : "f"
        case .timestamp(let date):
            TimeNotation.microseconds(date).map { TimeNotation.timestamp($0, offset: "+00") }
        case .uuid(let uuid): UUIDNotation.text(uuid)
        case .decimal(let decimal): DecimalNotation.text(decimal) ?? "NaN"
        }
    }

    /// As short as it can be read back.
    static func text<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ number: Number) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        let text = String(number)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// What the server has written. A notation that is not the usual one (another `DateStyle`, a year before our era)
    /// stays text, so that nothing is lost or guessed.
    static func value(_ bytes: UnsafeRawBufferPointer, _ type: PostgresType?) -> SQLValue? {
        guard let text = String(exactly: bytes) else {
            return type == nil || type?.isText == true ? .blob(Array(bytes)) : nil
        }
        switch type {
        case .bool: return text == "t" ? .bool(true) : text == "f" ? .bool(false) : nil
        case .int2, .int4, .int8, .oid: return Int64(text).map(SQLValue.integer)
        case .float4: return Float(text).map { .double(Double($0)) }
        case .float8: return Double(text).map(SQLValue.double)
        case .numeric:
            if text == "NaN" { return .decimal(.nan) }
            return DecimalNotation.decimal(text).map(SQLValue.decimal) ?? .text(text)
        case .bytea: return Self.bytes(text).map(SQLValue.blob)
        case .uuid: return UUIDNotation.uuid(text).map(SQLValue.uuid)
        case .json, .jsonb: return .json(text)
        case .timestamp, .timestamptz: return TimestampNotation.date(text).map(SQLValue.timestamp) ?? .text(text)
        default: return .text(text)
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return "\\x"
            + String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
                for (index, byte) in bytes.enumerated() {
                    buffer[2 * index] = digits[Int(byte >> 4)]
                    buffer[2 * index + 1] = digits[Int(byte & 0xF)]
                }
                return bytes.count * 2
            }
    }

    /// `\x0aff`, or the older form in which `\` leads three octal digits or itself.
    static func bytes(_ text: String) -> [UInt8]? {
        var rest = text.utf8[...]
        var bytes: [UInt8] = []
        if text.hasPrefix("\\x") {
            rest = rest.dropFirst(2)
            bytes.reserveCapacity(rest.count / 2)
            while let first = rest.popFirst() {
                guard let high = Character(Unicode.Scalar(first)).hexDigitValue, let second = rest.popFirst(),
                    let low = Character(Unicode.Scalar(second)).hexDigitValue
                else { return nil }
                bytes.append(UInt8(high << 4 | low))
            }
            return bytes
        }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "\\") {
                bytes.append(rest.removeFirst())
                continue
            }
            guard rest.count >= 3, let code = String(rest.prefix(3)).flatMap({ UInt8($0, radix: 8) }) else {
                return nil
            }
            rest = rest.dropFirst(3)
            bytes.append(code)
        }
        return bytes
    }
}
