import CSQLite
import Foundation
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

@Suite("Values") struct ValueTests {
    let scratch = try! Scratch()

    struct Settings: Codable, Equatable {
        var theme: String
        var sizes: [Int]
    }
    enum Status: String, Codable, SQLEncodable, SQLDecodable { case open, closed }
    enum Level: Int, Codable, SQLEncodable, SQLDecodable { case low = 1, high }
    struct Single<Value: Decodable>: Decodable { var v: Value }

    /// Stores values in a column without a type and reads each by name, by index, in a tuple, as an optional and as a
    /// property of a `Decodable`.
    func roundTrip<Value: SQLEncodable & SQLDecodable & Decodable & Equatable & Sendable>(
        _ values: [Value], stored: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let path = scratch.path("\(UUID()).db")
        try await SQLite(path: path).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v, n)")
            for value in values { try await handle.execute("INSERT INTO t(v, n) VALUES(\(value), \(nil as Value?))") }
        }
        // By another connection: what is in the file.
        try await SQLite(path: path).lending { handle, _ async throws in
            let rows = try await handle.query("SELECT v, n, typeof(v) AS kind FROM t ORDER BY id")
            #expect(rows.count == values.count, sourceLocation: sourceLocation)
            for (row, value) in zip(rows, values) {
                #expect(try row.decode("v", as: Value.self) == value, sourceLocation: sourceLocation)
                #expect(try row.decode(0, as: Value?.self) == value, sourceLocation: sourceLocation)
                #expect(try row.decode(1, as: Value?.self) == nil, sourceLocation: sourceLocation)
                let tuple = try row.decode((Value, Value?, String).self)
                #expect(tuple == (value, nil, stored), sourceLocation: sourceLocation)
                #expect(try row.decode(row: Single<Value>.self).v == value, sourceLocation: sourceLocation)
                #expect(try row.decode(row: Single<Value?>.self).v == value, sourceLocation: sourceLocation)
                #expect(throws: SQLError.self, sourceLocation: sourceLocation) { try row.decode(1, as: Value.self) }
            }
        }
    }

    @Test("of the standard types come back as they were stored")
    func standardTypes() async throws {
        try await roundTrip([Int64.min, -1, 0, 1, .max], stored: "integer")
        try await roundTrip([Int.min, .max], stored: "integer")
        try await roundTrip([UInt32.max, 0], stored: "integer")
        try await roundTrip([true, false], stored: "integer")
        try await roundTrip(
            [
                0.0, -1.5, 0.1, .pi, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
                .leastNormalMagnitude, .leastNormalMagnitude / 3, .infinity, -.infinity, 9_007_199_254_740_992,
            ], stored: "real")
        try await roundTrip([Float.greatestFiniteMagnitude, 0.1], stored: "real")
        try await roundTrip(
            [
                "", " ", "plain", "e\u{301} is not é", "👩‍👩‍👧‍👦🏴‍☠️", "שלום مرحبا \u{202E}mirrored", "𝄞𐍈", "\u{0}",
                "a\u{0}b\u{0}",
                "'; DROP TABLE t; --", "\u{FEFF}\u{FFFD}\u{10FFFF}", String(repeating: "ü", count: 100_000),
            ], stored: "text")
    }

    @Test("that are text come back scalar by scalar, not only equal by their meaning")
    func scalars() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            for text in ["e\u{301}", "\u{E9}", "a\u{0}b", "\u{212B}", "\u{1100}\u{1161}"] {
                let row = try await handle.query("SELECT \(text), length(CAST(\(text) AS BLOB))")[0]
                let read = try row.decode((String, Int).self)
                #expect(Array(read.0.unicodeScalars) == Array(text.unicodeScalars))
                #expect(read.1 == text.utf8.count)
            }
            #expect(try await handle.query("SELECT \(-0.0)")[0].decode(Double.self).sign == .minus)
        }
    }

    @Test("that are bytes come back whole")
    func bytes() async throws {
        let all = (0...255).map { UInt8($0) }
        let large = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try await roundTrip([Data(), Data([0]), Data([255]), Data(all), Data(large)], stored: "blob")
        try await roundTrip([[], [0], all, large], stored: "blob")
        // A slice does not begin at its index 0.
        try await roundTrip([Data(all)[100..<103]], stored: "blob")
    }

    @Test("of Foundation's types come back as they were stored")
    func foundationTypes() async throws {
        let whole = [
            -62_167_219_200, -62_135_596_800, -12_219_292_800, -1, 0, 951_782_399, 4_133_980_800, 253_402_300_799,
        ]
        try await roundTrip(whole.map { Date(timeIntervalSince1970: Double($0)) }, stored: "text")
        try await roundTrip(
            [Date(timeIntervalSince1970: -0.5), Date(timeIntervalSinceReferenceDate: 0.25)], stored: "text")
        try await roundTrip((0..<20).map { _ in UUID() }, stored: "text")
        try await roundTrip(
            [
                0, -1, Decimal(string: "0.1")!, Decimal(string: "123456789012345678901234567890.12345678")!,
                .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            ], stored: "text")
    }

    @Test("of enums come back as they were stored")
    func enums() async throws {
        try await roundTrip([Status.open, .closed], stored: "text")
        try await roundTrip([Level.low, .high], stored: "integer")
    }

    @Test("that are dates are text that sorts, and that SQLite's own functions read")
    func dates() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(at DATETIME)")
            let moments = [1_709_210_710.25, -1, 4_133_980_800, -0.000_001, 0]
            for moment in moments {
                try await handle.execute("INSERT INTO t VALUES(\(Date(timeIntervalSince1970: moment)))")
            }
            let rows = try await handle.query("SELECT at FROM t ORDER BY at")
            #expect(
                try rows.map { try $0.decode(Date.self) } == moments.sorted().map { Date(timeIntervalSince1970: $0) })
            #expect(
                try rows.map { try $0.decode(String.self) } == [
                    "1969-12-31 23:59:59.000000", "1969-12-31 23:59:59.999999", "1970-01-01 00:00:00.000000",
                    "2024-02-29 12:45:10.250000", "2101-01-01 00:00:00.000000",
                ])
            let date = Date(timeIntervalSince1970: 1_709_210_710.25)
            #expect(try await handle.int("SELECT unixepoch(\(date))") == 1_709_210_710)
            #expect(try await handle.int("SELECT count(*) FROM t WHERE at < \(date)") == 3)
            for expression in [
                "datetime('now')", "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "unixepoch()", "date('now')",
            ] {
                let row = try await handle.query("SELECT \(unsafe: expression)")[0]
                #expect(abs(try row.decode(Date.self).timeIntervalSinceNow) < 100_000)
            }
        }
    }

    @Test("that are UUIDs and decimals are read from what other programs store")
    func foreign() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            let uuid = UUID()
            let row = try await handle.query(
                "SELECT \(uuid.uuidString), \(withUnsafeBytes(of: uuid.uuid) { Array($0) }), \(uuid), lower(\(uuid))")[
                    0]
            #expect(try row.decode((UUID, UUID, UUID, UUID).self) == (uuid, uuid, uuid, uuid))
            #expect(try row.decode(2, as: String.self) == uuid.uuidString.lowercased())
            let numbers = try await handle.query("SELECT 0.1, 12, '1.50', -1e-7")[0]
            let wanted = ["0.1", "12", "1.5", "-0.0000001"].map { Decimal(string: $0)! }
            #expect(
                try numbers.decode((Decimal, Decimal, Decimal, Decimal).self)
                    == (wanted[0], wanted[1], wanted[2], wanted[3]))
            // A column that makes numbers of texts.
            try await handle.execute("CREATE TABLE t(price DECIMAL(10, 2))")
            try await handle.execute("INSERT INTO t VALUES(\(Decimal(string: "19.90")!))")
            #expect(try await handle.query("SELECT price FROM t")[0].decode(Decimal.self) == Decimal(string: "19.9"))
        }
    }

    @Test("of nested types are JSON that SQLite's own functions read")
    func json() async throws {
        struct Account: Decodable, Equatable {
            var settings: Settings
            var tags: [String]
            var old: Settings?
        }
        let settings = Settings(theme: "dunkel 🎈", sizes: [1, 2])
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(settings TEXT, tags TEXT, old TEXT)")
            try await handle.execute(
                "INSERT INTO t VALUES(\(json: settings), \(try SQLJSON(["a", "b"])), \(json: nil as Settings?))")
            let row = try await handle.query("SELECT * FROM t")[0]
            #expect(row[2] == .null)
            #expect(try row.decode(json: "settings", as: Settings.self) == settings)
            #expect(try row.decode(json: 1, as: [String].self) == ["a", "b"])
            #expect(
                try row.decode((SQLJSON<Settings>, SQLJSON<[String]>, SQLJSON<Settings>?).self)
                    == (SQLJSON(settings), SQLJSON(["a", "b"]), nil))
            #expect(try row.decode(Account.self) == Account(settings: settings, tags: ["a", "b"], old: nil))
            #expect(try await handle.int("SELECT json_extract(settings, '$.sizes[1]') FROM t") == 2)
        }
    }

    @Test("that SQLite can't hold are refused by their place, before anything is executed")
    func refusal() async throws {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(a, b)")
            func refused(_ query: SQLQuery) async throws -> SQLError? {
                let error = await #expect(throws: SQLError.self) { try await handle.execute(query) }
                let second = await #expect(throws: SQLError.self) { try await handle.query(query) }
                #expect(error == second)
                return error
            }
            let nan = "is NaN, of which SQLite would make NULL; bind nil if NULL is what you mean"
            for value: any SQLEncodable in [Double.nan, -Double.nan, Double.signalingNaN, Float.nan, Decimal.nan] {
                let error = try await refused("INSERT INTO t VALUES(\(1), \(value.sqlValue))")
                #expect(error == SQLError(.typeMismatch, "the value of placeholder 2 \(nan)"))
            }
            for seconds in [-62_167_219_200.5, 253_402_300_800, .infinity, .nan] {
                let date = Date(timeIntervalSince1970: seconds)
                let error = try await refused(SQLQuery(unsafe: "INSERT INTO t VALUES(?, 1)", binds: [.timestamp(date)]))
                #expect(error?.kind == .typeMismatch)
                #expect(error?.message.hasPrefix("the value of placeholder 1 is a date outside of the years") == true)
            }
            let limit = sqlite3_limit(connection.database, SQLITE_LIMIT_LENGTH, 1000)
            for value: SQLValue in [
                .text(String(repeating: "x", count: 1001)), .blob(.init(repeating: 1, count: 1001)),
            ] {
                let error = try await refused("INSERT INTO t VALUES(\(nil as Int?), \(value))")
                #expect(error?.vendorCode == Int(SQLITE_TOOBIG))
                let wanted =
                    "the value of placeholder 2 (\(value.kindName)) is longer than the 1000 bytes that SQLite takes"
                #expect(error?.message.hasPrefix(wanted) == true)
            }
            sqlite3_limit(connection.database, SQLITE_LIMIT_LENGTH, limit)
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            try await handle.execute("INSERT INTO t VALUES(\(1), \(2.5))")
            #expect(try await handle.int("SELECT count(*) FROM t WHERE a = 1 AND b = 2.5") == 1)
        }
    }

    @Test("that are refused leave a transaction as it was")
    func refusalInTransaction() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(a)")
            try await handle.transaction { handle in
                try await handle.execute("INSERT INTO t VALUES(\(1))")
                #expect(
                    try await kind { try await handle.execute("INSERT INTO t VALUES(\(Double.nan))") } == .typeMismatch)
                try await handle.execute("INSERT INTO t VALUES(\(2))")
            }
            #expect(try await handle.int("SELECT sum(a) FROM t") == 3)
        }
    }

    @Test("of another type than asked for are refused by column and kinds, and never show")
    func mismatch() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            let secret = "hunter2"
            let query: SQLQuery = try "SELECT \(secret) AS a, \(7) AS b, \(Data([1])) AS c, \(json: [secret]) AS d"
            let row = try await handle.query(query)[0]
            var messages: [String] = []
            func refused<T: SQLDecodable & Decodable>(_ column: String, _ type: T.Type) {
                let error = #expect(throws: SQLError.self) { try row.decode(column, as: type) }
                #expect(error?.kind == .typeMismatch)
                messages.append(error.map { "\($0)" } ?? "")
            }
            refused("a", Date.self)
            refused("a", UUID.self)
            refused("a", Decimal.self)
            refused("a", Status.self)
            refused("b", UUID.self)
            refused("b", Level.self)
            refused("b", String.self)
            refused("c", Date.self)
            refused("c", UUID.self)
            #expect(messages.first == "column 0 ('a') holds text, which can't be read as Date (typeMismatch)")
            #expect(messages.last == "column 2 ('c') holds blob, which can't be read as UUID (typeMismatch)")
            var dumped = ""
            dump(row, to: &dumped)
            dump(query, to: &dumped)
            let texts = messages + [dumped, "\(row)", "\(query)", String(reflecting: row), String(reflecting: query)]
            #expect(texts.allSatisfy { !$0.contains("hunter2") })
        }
    }
}
