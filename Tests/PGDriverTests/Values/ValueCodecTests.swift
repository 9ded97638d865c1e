import Foundation
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("The codec of values") struct ValueCodecTests {
    @Test(
        "writes the protocol's bytes and reads them",
        arguments: [
            (SQLValue.bool(true), 16, "01"), (.bool(false), 16, "00"), (.integer(1), 21, "0001"),
            (.integer(-1), 23, "ffffffff"),
            (.integer(.min), 20, "8000000000000000"), (.integer(4_294_967_295), 26, "ffffffff"),
            (.double(1), 701, "3ff0000000000000"), (.double(-0.5), 700, "bf000000"), (.text("é"), 25, "c3a9"),
            (.text(""), 25, ""),
            (.blob([0, 255]), 17, "00ff"), (.json("{}"), 114, "7b7d"), (.json("{}"), 3802, "017b7d"),
            (
                .uuid(UUID(uuidString: "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6")!), 2950,
                "f81d4fae7dec11d0a76500a0c91e6bf6"
            ),
            (.timestamp(Date(timeIntervalSince1970: 946_684_800)), 1184, "0000000000000000"),
            (.timestamp(Date(timeIntervalSince1970: 946_684_799.5)), 1114, "fffffffffff85ee0"),
            (.decimal(0), 1700, "0000000000000000"), (.decimal(1), 1700, "00010000000000000001"),
            (.decimal(-10000), 1700, "00010001400000000001"),
            (.decimal(Decimal(string: "1.5")!), 1700, "000200000000000100011388"),
            (.decimal(Decimal(string: "0.0001")!), 1700, "0001ffff000000040001"),
            (.decimal(.nan), 1700, "0000" + "0000" + "c000" + "0000"),
        ])
    func known(value: SQLValue, type: UInt32, hex: String) throws {
        var bytes: [UInt8] = []
        #expect(try ValueCodec.encode(value, as: type, into: &bytes) == 1)
        #expect(bytes.map { String(format: "%02x", $0) }.joined() == hex)
        #expect(try decode(bytes, type) == value)
    }

    @Test(
        "refuses what a parameter can't hold, and does not tell the value",
        arguments: [
            (SQLValue.integer(32768), 21, "int2: it is too large"), (.integer(.max), 23, "int4: it is too large"),
            (.integer(-1), 26, "oid: it is too large"), (.double(0.5), 20, "int8: it has a fraction"),
            (.double(.nan), 20, "it has a fraction or is too large"), (.double(1e300), 700, "float4: it is too large"),
            (.text("Zeisig"), 23, "int4: it is no whole number"), (.integer(2), 16, "boolean"),
            (.blob([1]), 25, "text"),
            (.text("a\0b"), 25, "U+0000"), (.text("a\0b"), 0, "U+0000"), (.text("Zeisig"), 17, "bytea"),
            (.bool(true), 1184, "point in time"),
            (.timestamp(Date(timeIntervalSince1970: 1)), 1082, "a time of the day in UTC"),
            (.uuid(UUID()), 23, "int4"), (.integer(9_007_199_254_740_993), 701, "number"),
        ])
    func refused(value: SQLValue, type: UInt32, hint: String) throws {
        var bytes: [UInt8] = []
        let error = #expect(throws: SQLError.self) { try ValueCodec.encode(value, as: type, into: &bytes) }
        #expect(error?.kind == .typeMismatch && error?.message.contains(hint) == true, "\(String(describing: error))")
        #expect(error?.message.contains("Zeisig") == false)
    }

    /// Not as arguments: Foundation traps when it describes such a date.
    @Test("refuses dates that are beyond PostgreSQL's")
    func farDates() {
        for (interval, type) in [(Double.nan, UInt32(1184)), (1e13, 1184), (-1e13, 1114), (1e300, 25), (.nan, 1082)] {
            var bytes: [UInt8] = []
            let date = SQLValue.timestamp(Date(timeIntervalSinceReferenceDate: interval))
            let error = #expect(throws: SQLError.self) { _ = try ValueCodec.encode(date, as: type, into: &bytes) }
            #expect(error?.kind == .typeMismatch)
        }
    }

    @Test("F66: refuses a value that is longer than the server takes, before its length overflows")
    func tooLong() throws {
        for value in [SQLValue.text("abcd"), .blob([1, 2, 3, 4]), .json("[12]")] {
            var bytes: [UInt8] = [9]
            _ = try ValueCodec.encode(value, as: 0, into: &bytes, limit: 4)
            #expect(throws: SQLError.self) { try ValueCodec.encode(value, as: 0, into: &bytes, limit: 3) }
        }
    }

    @Test("declares numbers as the server takes literals of them, and leaves open what a literal in quotes leaves open")
    func declaration() throws {
        let types: [(SQLValue, UInt32)] = [
            (.integer(2_147_483_647), 23), (.integer(2_147_483_648), 20), (.integer(-2_147_483_649), 20),
            (.double(1), 701), (.decimal(1), 1700), (.bool(true), 16), (.blob([]), 17), (.text("1"), 0), (.null, 0),
            (.uuid(UUID()), 0), (.timestamp(Date()), 0), (.json("1"), 0),
        ]
        for (value, type) in types { #expect(ValueCodec.declaredType(of: value) == type) }
    }

    @Test("takes NULL for every type")
    func null() throws {
        var bytes: [UInt8] = []
        for type in PostgresType.allCases {
            #expect(try ValueCodec.encode(.null, as: type.rawValue, into: &bytes) == nil)
        }
        #expect(bytes.isEmpty)
    }

    @Test("refuses every length but the right one, as an error")
    func lengths() throws {
        let lengths: [PostgresType: Int] = [
            .bool: 1, .int2: 2, .int4: 4, .int8: 8, .oid: 4, .float4: 4, .float8: 8, .uuid: 16, .date: 4, .time: 8,
            .timetz: 12, .timestamp: 8, .timestamptz: 8, .interval: 16, .void: 0,
        ]
        for (type, length) in lengths {
            for count in 0...20 {
                let bytes = [UInt8](repeating: 0, count: count)
                if count == length {
                    _ = try decode(bytes, type.rawValue)
                } else {
                    let error = #expect(throws: SQLError.self) { try decode(bytes, type.rawValue) }
                    #expect(error?.kind == .protocolViolation && error?.message.contains("\(count) bytes") == true)
                }
            }
        }
    }

    @Test("survives whatever bytes it is given, cut, changed and invented, in both forms")
    func fuzz() throws {
        var generator = SystemRandomNumberGenerator()
        let types = PostgresType.allCases.map(\.rawValue) + PostgresType.allCases.map(\.array) + [999_999]
        for type in types {
            for _ in 0..<400 {
                let count = Int.random(in: 0...48, using: &generator)
                // Small numbers make counts and lengths that are almost right.
                let top: UInt8 = Bool.random(using: &generator) ? 255 : 2
                var bytes = (0..<count).map { _ in UInt8.random(in: 0...top, using: &generator) }
                if let element = PostgresType.element(ofArray: type), Bool.random(using: &generator) {
                    var head: [UInt8] = []
                    head.append(number: Int32.random(in: -1...7, using: &generator))
                    head.append(number: Int32(0))
                    head.append(number: element.rawValue)
                    head.append(number: Int32.random(in: -1...3, using: &generator))
                    bytes = head + bytes
                }
                for isBinary in [true, false] { _ = try? decode(bytes, type, isBinary: isBinary) }
            }
        }
    }

    @Test("refuses an array that promises more elements than there are bytes, without making room for them")
    func hugeArray() {
        var bytes: [UInt8] = []
        for number: Int32 in [2, 0, 23, .max, 1, .max, 1] { bytes.append(number: number) }
        #expect(throws: SQLError.self) { try decode(bytes, 1007) }
    }

    @Test("leaves a text that is no UTF-8 as bytes")
    func invalidText() throws {
        #expect(try decode([0x41, 0xFF], 25) == .blob([0x41, 0xFF]))
        #expect(try decode([0x41, 0xFF], 999_999, isBinary: false) == .blob([0x41, 0xFF]))
        #expect(throws: SQLError.self) { try decode([0xFF], 114) }
        // Cut short, and as long as what would be put in its place; that itself; and longer than a text without memory.
        #expect(try decode([0xF0, 0x9F, 0x98], 25) == .blob([0xF0, 0x9F, 0x98]))
        #expect(try decode([0xEF, 0xBF, 0xBD], 25) == .text("\u{FFFD}"))
        let long = Array(repeating: UInt8(ascii: "a"), count: 40)
        #expect(try decode(long + [0xC3], 25) == .blob(long + [0xC3]))
        #expect(try decode(long + [0xC3, 0xA9], 25) == .text(String(repeating: "a", count: 40) + "é"))
        #expect(try decode([], 25) == .text(""))
    }

    @Test("keeps a notation that is not the usual one as text")
    func unusual() throws {
        for text in ["Thu 29 Feb 2024", "0044-03-15 00:00:00 BC", "12345-01-01 00:00:00", "infinity"] {
            #expect(try decode(Array(text.utf8), 1114, isBinary: false) == .text(text))
        }
        #expect(try decode(Array("a\\\\b\\001".utf8), 17, isBinary: false) == .blob([97, 92, 98, 1]))
        for text in ["\\x0", "\\xzz", "\\9", "\\400", "\\"] {
            #expect(throws: SQLError.self) { try decode(Array(text.utf8), 17, isBinary: false) }
        }
    }

    private func decode(_ bytes: [UInt8], _ type: UInt32, isBinary: Bool = true) throws -> SQLValue {
        try bytes.withUnsafeBytes { try ValueCodec.decode($0, type: type, isBinary: isBinary) }
    }
}
