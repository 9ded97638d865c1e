import Foundation
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Values come back from every database as they were", .timeLimit(.minutes(3)))
struct ValueTests {
    private static let table = "three_values"

    /// Puts the values into a column and reads them again: from the column, as a stream, and without any table.
    private func expect<T: SQLEncodable & SQLDecodable & Equatable>(
        _ values: [T?], in type: ColumnType, of database: Database
    ) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make(Self.table, "id BIGINT PRIMARY KEY, v \(database.word(type))")
                try await connection.batch(
                    values.enumerated().map { "INSERT INTO three_values(id, v) VALUES (\($0), \($1))" })
                let stored: [T?] = try await connection.column("SELECT v FROM three_values ORDER BY id")
                #expect(stored == values)
                var streamed: [T?] = []
                for try await row in try await connection.stream("SELECT v FROM three_values ORDER BY id") {
                    streamed.append(try row.decode(0))
                }
                #expect(streamed == values)
                for value in values {
                    let echo: [T?] = try await connection.column("SELECT \(value)")
                    #expect(echo == [value])
                }
                try await connection.drop(Self.table)
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("integers, to the bounds of 64 bits", arguments: Database.allCases)
    func integers(_ database: Database) async throws {
        try await expect(
            [.min, .min + 1, -1 << 53 - 1, -1, 0, 1, nil, 1 << 53 + 1, .max - 1, .max] as [Int64?], in: .integer,
            of: database)
    }

    @Test("doubles, to the bit", arguments: Database.allCases)
    func doubles(_ database: Database) async throws {
        try await expect(
            [
                0, 0.1, -0.1, 1.0 / 3, .pi, 1e-300, nil, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
                .leastNormalMagnitude, 123_456_789.123_456_789,
            ] as [Double?], in: .double, of: database)
    }

    @Test("booleans", arguments: Database.allCases)
    func booleans(_ database: Database) async throws {
        try await expect([true, nil, false], in: .bool, of: database)
    }

    /// Compared by its bytes: to Swift, texts are equal that only look the same.
    private struct Exact: SQLEncodable, SQLDecodable, Equatable {
        var bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
        init?(sqlValue: SQLValue) {
            guard let text = String(sqlValue: sqlValue) else { return nil }
            self.init(text)
        }
        var sqlValue: SQLValue { .text(String(decoding: bytes, as: UTF8.self)) }
    }

    @Test("texts, empty ones and those that SQL gives a meaning to", arguments: Database.allCases)
    func texts(_ database: Database) async throws {
        let texts = [
            "", " ", "trailing ", "e\u{301}", "\u{e9}", "😀👩‍👩‍👧‍👦𝄞", "\u{FEFF}mark", "\u{FFFD}\u{10FFFF}",
            "it's \"quoted\" `twice` \\' \\\\ %s ? $1 :name @v -- ; /* */", "\n\r\t\u{1}\u{7F}", "NULL",
            String(repeating: "ä☃😀", count: 10_000),
        ]
        try await expect(texts.map { Exact($0) } + [nil], in: .text, of: database)
    }

    @Test("every character of Unicode but U+0000", arguments: Database.allCases)
    func unicode(_ database: Database) async throws {
        let scalars = (1...0x10_FFFF).lazy.compactMap { Unicode.Scalar(UInt32($0)) }
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        for scalar in scalars {
            piece.append(scalar)
            if scalar.value % 10_000 == 0 {
                pieces.append(String(piece))
                piece = String.UnicodeScalarView()
            }
        }
        pieces.append(String(piece))
        try await expect(pieces.map { Exact($0) }, in: .text, of: database)
    }

    @Test("bytes, empty ones and a megabyte", arguments: Database.allCases)
    func blobs(_ database: Database) async throws {
        let all = (0...255).map { UInt8($0) }
        try await expect(
            [[], [0], all, nil, (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7919) }] as [[UInt8]?], in: .blob,
            of: database)
    }

    @Test("decimals, every digit", arguments: Database.allCases)
    func decimals(_ database: Database) async throws {
        let texts = [
            "0", "0.1", "-0.1", "0.0000000001", "19.99", "1234567890123456789012345678",
            "-9999999999999999999999999999.9999999999",
        ]
        try await expect(texts.map { Decimal(string: $0) } + [nil], in: .decimal, of: database)
    }

    @Test("moments, to the microsecond and from the year 1 to 9999", arguments: Database.allCases)
    func moments(_ database: Database) async throws {
        let seconds: [TimeInterval] = [
            -62_135_596_800, -2_208_988_800, -1.5, 0, 0.25, 951_782_400, 1_709_209_845.5, 4_102_444_800,
            253_402_300_799,
        ]
        try await expect(
            seconds.map { Date(timeIntervalSince1970: $0) } + [nil, Date(timeIntervalSinceReferenceDate: 0.000_001)],
            in: .timestamp, of: database)
    }

    @Test("UUIDs", arguments: Database.allCases)
    func uuids(_ database: Database) async throws {
        let zero = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        try await expect([UUID(), zero, nil, UUID()], in: .uuid, of: database)
    }

    private struct Settings: Codable, Equatable, Sendable {
        var name: String
        var sizes: [Int: Double]
        var next: [Settings]
    }

    @Test("what is stored as JSON", arguments: Database.allCases)
    func json(_ database: Database) async throws {
        let inner = Settings(name: "\"ä😀\\", sizes: [:], next: [])
        let outer = Settings(name: "", sizes: [1: 0.5, -7: 1e300], next: [inner, inner])
        try await expect([try SQLJSON(inner), nil, try SQLJSON(outer)], in: .json, of: database)
    }

    @Test("whatever a column was given or compared with before", arguments: Database.allCases)
    func repeated(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection async throws -> Void in
                try await connection.make(Self.table, "v BIGINT")
                for value in [nil, 7, Int.max, nil, Int.min] {
                    try await connection.execute("INSERT INTO three_values(v) VALUES (\(value))")
                    let found: [Int] = try await connection.column("SELECT v FROM three_values WHERE v = \(value)")
                    #expect(found == (value.map { [$0] } ?? []))
                }
                try await connection.drop(Self.table)
            }
        }
        try await database.open { try await check($0) }
    }

    /// PostgreSQL asks which type a value has that no column stands by, and the driver says so when it prepares the
    /// statement: a number that the same statement gets after a text comes back as a text.
    @Test("whatever the same statement was given before", arguments: [Database.sqlite, .mariadb])
    func mixed(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection async throws -> Void in
                for _ in 0..<2 {
                    #expect(try await connection.column("SELECT \(7)") == [7])
                    #expect(try await connection.column("SELECT \("seven")") == ["seven"])
                    #expect(try await connection.column("SELECT \(nil as Int?)") == [nil as Int?])
                    #expect(try await connection.column("SELECT \(Int64.max)") == [Int64.max])
                    #expect(try await connection.column("SELECT \([7] as [UInt8])") == [[7] as [UInt8]])
                    #expect(try await connection.column("SELECT \(0.5)") == [0.5])
                    #expect(try await connection.column("SELECT \(true)") == [true])
                }
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("sums of whole numbers are whole numbers", arguments: Database.allCases)
    func sums(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make(Self.table, "v BIGINT NOT NULL")
                try await connection.execute("INSERT INTO three_values VALUES (\(1)), (\(2)), (\(1 << 40))")
                let row = try #require(try await connection.query("SELECT COUNT(*), SUM(v) FROM three_values").first)
                let (count, sum) = try row.decode((Int, Int).self)
                #expect(count == 3 && sum == 1 << 40 + 3)
                try await connection.drop(Self.table)
            }
        }
        try await database.open { try await check($0) }
    }

    /// | | SQLite | PostgreSQL | MariaDB | why |
    /// |---|---|---|---|---|
    /// | U+0000 in a text | kept | refused | kept | PostgreSQL's texts end there |
    /// | infinity | kept | kept | refused | MariaDB's numbers are finite |
    /// | NaN | refused | kept | refused | SQLite would make NULL of it |
    static let differences: [(value: SQLValue, keeps: Set<Database>)] = [
        (.text("a\u{0}b"), [.sqlite, .mariadb]), (.double(.infinity), [.sqlite, .postgres]),
        (.double(.nan), [.postgres]),
    ]

    @Test("what not all of them can keep is refused by the others, not changed", arguments: Database.allCases)
    func refused(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make(Self.table, "t \(database.word(.text)), d \(database.word(.double))")
                for (value, keeps) in Self.differences {
                    let name = if case .text = value { "t" } else { "d" }
                    let error = try await sqlError {
                        try await connection.execute("INSERT INTO three_values(\(identifier: name)) VALUES (\(value))")
                    }
                    #expect(error?.kind == (keeps.contains(database) ? nil : .typeMismatch), "\(value.kindName)")
                    if error != nil { continue }
                    let read = try await connection.query(
                        "SELECT \(identifier: name) FROM three_values WHERE \(identifier: name) IS NOT NULL")
                    switch (value, read.first?[0]) {
                    case (.double(let one), .double(let other)?): #expect(one == other || one.isNaN && other.isNaN)
                    case (let one, let other): #expect(one == other)
                    }
                    try await connection.execute("DELETE FROM three_values")
                }
                try await connection.drop(Self.table)
            }
        }
        try await database.open { try await check($0) }
    }
}
