import Foundation
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("Values, beside what the server itself makes of them", .timeLimit(.minutes(5))) struct ServerValueTests {
    /// A type, and literals of it.
    static let literals: [(type: String, literals: [String])] = [
        ("bool", ["t", "f"]), ("int2", ["0", "-32768", "32767"]), ("int4", ["0", "-2147483648", "2147483647"]),
        ("int8", ["0", "-9223372036854775808", "9223372036854775807"]), ("oid", ["0", "4294967295"]),
        ("float4", ["0", "-0", "1.5", "0.1", "3.4028235e38", "1e-45", "NaN", "Infinity", "-Infinity"]),
        (
            "float8",
            ["0", "-0", "1.5", "0.1", "1e100", "1.7976931348623157e308", "5e-324", "NaN", "Infinity", "-Infinity"]
        ),
        (
            "numeric",
            [
                "0", "0.00", "1", "-1", "1.50", "10000", "9999", "0.0001", "0.00001", "12345678.87654321", "1e20",
                "-1e-20",
                "100000000000000000000000000000000000000", "12345678901234567890123456789012345678",
                "123456789012345678901234567890123456789012345.5", "1e-130", "1e130", "1e1000", "NaN", "Infinity",
                "-Infinity", "99999999999999999999999999999999999999.9", "4294967296.0000000001",
            ]
        ),
        ("text", ["", "a", "é\u{1F600}", "a\"b\\c{d},", "NULL"]), ("varchar", ["abc"]), ("bpchar", ["abc  "]),
        ("name", ["a"]),
        ("\"char\"", ["a"]), ("bytea", ["", "\\x00ff5c", "abc\\\\\\001"]),
        ("uuid", ["00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]),
        ("json", ["{\"a\": [1, null]}", "1"]), ("jsonb", ["{\"a\": [1, null]}", "\"é\""]),
        (
            "date",
            [
                "2000-01-01", "1999-12-31", "1970-01-01", "2024-02-29", "1900-02-28", "2100-03-01", "0001-01-01",
                "0001-12-31 BC", "0044-03-15 BC", "4713-01-01 BC", "10000-01-01", "5874897-12-31", "infinity",
                "-infinity",
            ]
        ),
        ("time", ["00:00:00", "23:59:59.999999", "24:00:00", "12:34:56.7", "00:00:00.000001"]),
        ("timetz", ["12:00:00+00", "12:34:56.5-08", "00:00:00+05:30", "12:00:00+15:59:59", "12:00:00-00:00:01"]),
        (
            "timestamp",
            [
                "2000-01-01 00:00:00", "1999-12-31 23:59:59.999999", "1969-12-31 12:00:00.5", "2024-02-29 12:34:56.789",
                "2150-06-01 00:00:00.000001", "1731-01-01 00:00:00.000001", "9999-12-31 23:59:59", "infinity",
                "-infinity",
            ]
        ),
        ("timestamptz", ["2000-01-01 00:00:00+00", "1901-12-13 20:45:52+00", "2038-01-19 03:14:07.25+00", "infinity"]),
        (
            "interval",
            [
                "0", "1 microsecond", "1 year 2 months 3 days 04:05:06.789", "-1 year -2 months +3 days -04:05:06",
                "1 month -1 day", "-1 day 01:00", "1 day -00:00:00.5", "1000 years", "100:00:00", "-100:00:00.000001",
                "178000000 years", "-2147483648 days", "2147483647 days", "-2562047788:00:54.775807", "-1 mon 00:00:01",
            ]
        ),
    ]

    @Test("read the same in binary and in text, and the same as the server's own text of them")
    func reading() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        for (type, literals) in Self.literals {
            for literal in literals {
                let quoted = literal.replacingOccurrences(of: "'", with: "''")
                let sql = "SELECT '\(quoted)'::\(type)"
                let (binary, text) = (try dialogue.cell(sql, binary: true), try dialogue.cell(sql, binary: false))
                let (read, written) = (try binary.decoded(isBinary: true), try text.decoded(isBinary: false))
                if case .double(let number) = read, number.isNaN {
                    #expect({ if case .double(let other) = written { other.isNaN } else { false } }())
                } else {
                    #expect(read == written, "\(sql)")
                }
                let known = try #require(PostgresType(rawValue: binary.type))
                let notation = try #require(binary.bytes).withUnsafeBytes { BinaryNotation.text($0, known) }
                // The server writes floats as it likes where both are the shortest.
                if type != "float4" && type != "float8" { #expect(notation == text.text, "\(sql)") }
            }
        }
    }

    @Test("go back as they came")
    func returning() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        for (type, literals) in Self.literals {
            for literal in literals {
                let sql = "SELECT '\(literal)'::\(type)"
                let cell = try dialogue.cell(sql, binary: true)
                let value = try cell.decoded(isBinary: true)
                let both = try dialogue.row(
                    "SELECT $1::\(type)::text, '\(literal)'::\(type)::text", binary: false, values: [value],
                    as: [cell.type])
                // A Decimal does not keep zeros at the end.
                if type == "numeric", Double(both[1].text) == Double(both[0].text) { continue }
                #expect(both[0].text == both[1].text, "\(sql)")
            }
        }
    }

    @Test("in arrays are the server's own notation of them, with NULLs, dimensions and bounds")
    func arrays() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        for (type, literals) in Self.literals where type != "\"char\"" {
            let quoted = literals.map { "'\($0)'::\(type)" }.joined(separator: ", ")
            let sql = "SELECT ARRAY[\(quoted), NULL]"
            let (binary, text) = (try dialogue.cell(sql, binary: true), try dialogue.cell(sql, binary: false))
            #expect(ValueCodec.prefersBinary(binary.type), "\(type)")
            if type != "float4" && type != "float8" {
                #expect(try binary.decoded(isBinary: true) == text.decoded(isBinary: false), "\(type)")
            }
            // And the server takes what we read from it. (Its json knows no equality.)
            let again = try dialogue.cell(
                "SELECT $1::text = (\(sql.dropFirst(7)))::text", binary: false,
                values: [try binary.decoded(isBinary: true)], as: [binary.type])
            #expect(again.text == "t", "\(type)")
        }
        for literal in [
            "'{}'::int[]", "'[2:3]={1,2}'::int[]", "'[0:1][-1:0]={{1,2},{3,4}}'::int8[]",
            "'{{{\"a b\",NULL}}}'::text[]",
        ] {
            let (binary, text) = (
                try dialogue.cell("SELECT \(literal)", binary: true),
                try dialogue.cell("SELECT \(literal)", binary: false)
            )
            #expect(try binary.decoded(isBinary: true) == text.decoded(isBinary: false), "\(literal)")
        }
    }

    @Test("that are drawn at random survive the way to the server and back")
    func random() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let microseconds = Int64.random(in: -8_000_000_000_000_000...8_000_000_000_000_000, using: &generator)
            let date = try #require(TimeNotation.moment(microseconds))
            let decimal = Decimal(
                sign: .random(using: &generator) ? .plus : .minus,
                exponent: Int.random(in: -40...40, using: &generator),
                significand: Decimal(UInt64.random(in: 0 ... .max, using: &generator)))
            let interval = PostgresInterval(
                months: .random(in: .min + 1 ... .max, using: &generator),
                days: .random(in: .min ... .max, using: &generator),
                microseconds: .random(in: .min ... .max, using: &generator))
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let double = Double(bitPattern: .random(in: 0...0x7FEF_FFFF_FFFF_FFFF, using: &generator))
            let values: [(SQLValue, UInt32)] = [
                (.timestamp(date), 1184), (.timestamp(date), 1114), (.decimal(decimal), 1700),
                (interval.sqlValue, 1186), (.blob(bytes), 17), (.double(double), 701), (.uuid(UUID()), 2950),
                (.integer(.random(in: .min ... .max, using: &generator)), 20),
            ]
            let list = (1...values.count).map { "$\($0)" }.joined(separator: ", ")
            for isBinary in [true, false] {
                let row = try dialogue.row(
                    "SELECT \(list)", binary: isBinary, values: values.map(\.0), as: values.map(\.1))
                #expect(try row.map { try $0.decoded(isBinary: isBinary) } == values.map(\.0))
            }
        }
    }

    @Test("of other types than the parameter's are converted if nothing is lost")
    func conversions() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        let midnight = SQLValue.timestamp(Date(timeIntervalSince1970: 951_782_400))
        let cases: [(SQLValue, UInt32, String, String)] = [
            (.integer(5), 21, "int2", "5"), (.bool(true), 23, "int4", "1"), (.double(7), 20, "int8", "7"),
            (.decimal(12), 23, "int4", "12"), (.text("-3"), 23, "int4", "-3"), (.integer(1), 16, "bool", "true"),
            (.text("yes"), 16, "bool", "true"), (.integer(5), 701, "float8", "5"),
            (.decimal(Decimal(string: "0.1")!), 701, "float8", "0.1"),
            (.integer(9_007_199_254_740_992), 701, "float8", "9.007199254740992e+15"),
            (.double(0.1), 1700, "numeric", "0.1"),
            (.double(-.infinity), 1700, "numeric", "-Infinity"), (.double(.nan), 1700, "numeric", "NaN"),
            (.integer(-70000), 1700, "numeric", "-70000"), (.text("1.50"), 1700, "numeric", "1.50"),
            (.integer(5), 25, "text", "5"), (.double(1.5), 25, "text", "1.5"), (.bool(false), 25, "text", "f"),
            (midnight, 25, "text", "2000-02-29 00:00:00+00"), (midnight, 1082, "date", "2000-02-29"),
            (.text("2000-02-29"), 1082, "date", "2000-02-29"), (.text("now"), 0, "text", "now"),
            (.text("{F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6}"), 2950, "uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
            (.json("{\"a\":1}"), 3802, "jsonb", "{\"a\": 1}"), (.text("[1]"), 3802, "jsonb", "[1]"),
            (.json("[1]"), 25, "text", "[1]"), (.text("10.0.0.1/8"), 869, "inet", "10.0.0.1/8"),
            (.text("{1,2}"), 1007, "int4[]", "{1,2}"), (.text("P1DT2H"), 1186, "interval", "1 day 02:00:00"),
            (.timestamp(Date(timeIntervalSinceReferenceDate: .infinity)), 1184, "timestamptz", "infinity"),
            (.timestamp(Date(timeIntervalSinceReferenceDate: -.infinity)), 1082, "date", "-infinity"),
        ]
        for (value, type, name, expected) in cases {
            let text = try dialogue.cell("SELECT $1::\(name)::text", binary: false, values: [value], as: [type]).text
            #expect(text == expected, "\(value) as \(name)")
        }
    }

    @Test("of a type that is made by a user are its text")
    func enums() async throws {
        let dialogue = try Dialogue(await PostgresServer.shared)
        _ = try dialogue.row("SELECT 1", binary: false)
        let server = try await PostgresServer.shared
        try await server.psql("CREATE TYPE public.mood AS ENUM ('sad', 'ok')")
        let type = try #require(UInt32(try dialogue.cell("SELECT 'mood'::regtype::oid", binary: false).text))
        #expect(!ValueCodec.prefersBinary(type))
        let cell = try dialogue.cell("SELECT $1::mood", binary: false, values: [.text("ok")], as: [type])
        #expect(try cell.type == type && cell.decoded(isBinary: false) == .text("ok"))
        try await server.psql("DROP TYPE public.mood")
    }
}
