import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Values of MariaDB", .timeLimit(.minutes(2)))
struct ValueTests {
    /// Written as SQL has it, and what comes back.
    static let literals: [(sql: SQLQuery, value: SQLValue)] = [
        ("SELECT NULL", .null),
        ("SELECT CAST(-9223372036854775808 AS SIGNED)", .integer(.min)),
        ("SELECT CAST(18446744073709551615 AS UNSIGNED)", .decimal(Decimal(string: "18446744073709551615")!)),
        ("SELECT b'10101' + 0", .integer(21)),
        ("SELECT 2.5e0", .double(2.5)),
        ("SELECT CAST('1234567890.0625' AS DECIMAL(20,4))", .decimal(Decimal(string: "1234567890.0625")!)),
        ("SELECT 'äß☃😀'", .text("äß☃😀")),
        ("SELECT ''", .text("")),
        ("SELECT x'00ff00'", .blob([0, 255, 0])),
        ("SELECT CAST('2024-02-29' AS DATE)", .text("2024-02-29")),
        ("SELECT CAST('-26:01:02.5' AS TIME(3))", .text("-26:01:02.500")),
        (
            "SELECT CAST('2024-02-29 12:30:00.250000' AS DATETIME(6))",
            .timestamp(Date(timeIntervalSince1970: 1_709_209_800.25))
        ),
        (
            "SELECT CAST('123e4567-e89b-12d3-a456-426655440000' AS UUID)",
            .uuid(UUID(uuidString: "123e4567-e89b-12d3-a456-426655440000")!)
        ),
        ("SELECT CAST('::ffff:192.168.0.1' AS INET6)", .text("::ffff:192.168.0.1")),
    ]

    @Test("are read as the table of column kinds says", arguments: literals)
    func reading(_ literal: (sql: SQLQuery, value: SQLValue)) async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            let value = try await handle.query(literal.sql).first?[0]
            #expect(value == literal.value)
            // Prepared already, and as rows of a stream.
            for try await row in try await handle.stream(literal.sql) { #expect(row[0] == literal.value) }
        }
    }

    @Test("go in and come back the same through columns of their types")
    func roundTrip() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute(
                """
                CREATE TEMPORARY TABLE v(i BIGINT, d DOUBLE, t TEXT, b BLOB, o BOOLEAN, m DATETIME(6), u UUID, \
                n DECIMAL(30,10), j JSON, bi BIT(12), f FLOAT, y YEAR)
                """)
            let moment = Date(timeIntervalSince1970: 1_700_000_000.123456)
            let uuid = UUID()
            let number = try #require(Decimal(string: "-12345678901234567890.0123456789"))
            try await handle.execute(
                """
                INSERT INTO v VALUES(\(Int64.min), \(0.1), \("a'\\\u{0}b"), \([0, 1, 255] as [UInt8]), \(true), \(moment), \
                \(uuid), \(number), \(SQLValue.json("{\"a\": 1}")), \(2748), \(0.5), \(2024))
                """)
            let row = try #require(try await handle.query("SELECT * FROM v").first)
            #expect(row["i"] == .integer(.min))
            #expect(row["d"] == .double(0.1))
            #expect(row["t"] == .text("a'\\\u{0}b"))
            #expect(row["b"] == .blob([0, 1, 255]))
            #expect(try row.decode("o", as: Bool.self))
            #expect(abs(try row.decode("m", as: Date.self).timeIntervalSince(moment)) < 0.000_001)
            #expect(row["u"] == .uuid(uuid))
            #expect(row["n"] == .decimal(number))
            #expect(row["j"] == .json("{\"a\": 1}"))
            #expect(row["bi"] == .integer(2748))
            #expect(row["f"] == .double(0.5))
            #expect(row["y"] == .integer(2024))
        }
    }

    @Test("that MariaDB has no notation for are refused before anything is sent")
    func impossible() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            for value: SQLValue in [
                .double(.nan), .double(.infinity), .decimal(.nan), .timestamp(.distantFuture + 1e12),
            ] {
                #expect(try await sqlError { try await handle.query("SELECT \(value)") }?.kind == .typeMismatch)
            }
            #expect(try await handle.int("SELECT 1") == 1)
        }
    }

    @Test("of any length arrive whole, and large ones in both directions")
    func lengths() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            for length in [0, 1, 250, 251, 65_535, 65_536, 3_000_000] {
                let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                let row = try #require(try await handle.query("SELECT \(bytes) AS b, LENGTH(\(bytes)) AS n").first)
                #expect(row["b"] == .blob(bytes))
                #expect(row["n"] == .integer(Int64(length)))
            }
        }
    }
}
