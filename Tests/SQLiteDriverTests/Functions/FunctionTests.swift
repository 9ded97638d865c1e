import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A function in Swift", .timeLimit(.minutes(1))) struct FunctionTests {
    let scratch = try! Scratch()

    func driver(_ functions: SQLiteFunction...) -> SQLite {
        var driver = SQLite(path: scratch.path())
        driver.functions = functions
        return driver
    }

    /// Says what it was given.
    static let kinds = SQLiteFunction("kinds", arguments: nil) { arguments in
        .text((0..<arguments.count).map { arguments[$0].kindName }.joined(separator: " "))
    }
    static let same = SQLiteFunction("same", arguments: 1) { $0[0] }
    static let slug = SQLiteFunction("slug", arguments: 1, isDeterministic: true, isUsableInSchema: true) { arguments in
        .text(try arguments.decode(0, as: String.self).lowercased())
    }

    @Test("is there on every connection, before onConnect runs")
    func everywhere() async throws {
        var driver = driver(Self.slug)
        driver.onConnect = { handle in _ = try await handle.query("SELECT slug('A')") }
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 2))
        try await pool.withConnection { first async throws in
            try await pool.withConnection { second async throws in
                for handle in [first, second] {
                    #expect(try await handle.query("SELECT SLUG(\("ÄB c"))")[0].decode(String.self) == "äb c")
                }
            }
        }
        _ = await pool.shutdown()
    }

    @Test("gets every kind of value, and gives every kind back")
    func values() async throws {
        try await driver(Self.kinds, Self.same).lending { handle, _ async throws in
            let kinds = try await handle.query("SELECT kinds(NULL, 1, 1.5, 'a', x'00'), kinds()")
            #expect(try kinds[0].decode((String, String).self) == ("null integer double text blob", ""))
            let values: [SQLValue] = [
                .null, .integer(.min), .double(1.5), .text(""), .text("a\u{0}ß"), .blob([]), .blob([0, 255]),
            ]
            for value in values { #expect(try await handle.query("SELECT same(\(value))")[0][0] == value) }
        }
        let flag = SQLiteFunction("flag", arguments: 0) { _ in .bool(true) }
        try await driver(flag).lending { handle, _ async throws in #expect(try await handle.int("SELECT flag()") == 1) }
    }

    @Test("gets text that is no UTF-8 as bytes")
    func notUTF8() async throws {
        try await driver(Self.same).lending { handle, _ async throws in
            #expect(try await handle.query("SELECT same(CAST(x'61ff' AS TEXT))")[0][0] == .blob([0x61, 0xff]))
        }
    }

    struct Refusal: Error, CustomStringConvertible { var description: String { "no such page" } }

    @Test("that throws fails the statement with what it says, and the connection works on")
    func failure() async throws {
        let failing = SQLiteFunction("failing", arguments: 0) { _ in throw Refusal() }
        try await driver(failing, Self.slug).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v)")
            let error = await #expect(throws: SQLError.self) { try await handle.query("SELECT failing()") }
            #expect(error?.message == "the function 'failing' failed: no such page")
            #expect(error?.kind == .other)
            let mismatch = await #expect(throws: SQLError.self) { try await handle.query("SELECT slug(\(7))") }
            #expect(
                mismatch?.message
                    == "the function 'slug' failed: argument 0 is integer, which can't be read as String")
            #expect(
                try await kind { try await handle.execute("INSERT INTO t SELECT 1 UNION SELECT failing()") } == .other)
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test("has as many variants as numbers of arguments; what was not passed is null, and no number of it decodes")
    func arity() async throws {
        let any = SQLiteFunction("f", arguments: nil) { arguments in
            #expect(arguments[9] == .null && arguments[-1] == .null)
            return .integer(Int64(try arguments.decode(9, as: Int?.self) ?? -1))
        }
        try await driver(any, SQLiteFunction("F", arguments: 1) { _ in .integer(1) }).lending {
            handle, _ async throws in
            #expect(try await handle.int("SELECT f(5)") == 1)
            let error = await #expect(throws: SQLError.self) { try await handle.query("SELECT f(5, 6)") }
            #expect(error?.message.hasSuffix("there is no argument 9: 2 were passed, counted from 0") == true)
        }
    }

    @Test("can't be reached from the schema unless it says so (F48)")
    func schema() async throws {
        try await driver(Self.slug, Self.same).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v, w AS (slug(v)) STORED)")
            try await handle.execute("CREATE INDEX i ON t(slug(v))")
            try await handle.execute("INSERT INTO t(v) VALUES('ABC')")
            #expect(try await handle.query("SELECT w FROM t WHERE slug(v) = 'abc'")[0].decode(String.self) == "abc")
            try await handle.execute("CREATE VIEW view AS SELECT same(v) FROM t")
            let error = await #expect(throws: SQLError.self) { try await handle.query("SELECT * FROM view") }
            #expect(error?.message.contains("unsafe use of same()") == true)
            #expect(try await kind { try await handle.execute("CREATE INDEX j ON t(same(v))") } == .syntax)
        }
        // A connection without the function reads the rest of the file.
        let plain = SQLite(path: scratch.path())
        #expect(
            try await plain.lending { handle, _ async throws in try await handle.int("SELECT count(*) FROM t") } == 1)
    }

    @Test("that captures the handle can't call back into the connection that it runs on (F51)")
    func reentrance() async throws {
        let smuggled = Smuggled()
        let curious = SQLiteFunction("curious", arguments: 0) { _ in .text(smuggled.ask()) }
        try await driver(curious).lending { handle, _ async throws in
            smuggled.keep(handle)
            #expect(try await handle.query("SELECT curious()")[0].decode(String.self) == "concurrentUse")
            smuggled.keep(nil)
        }
    }
}
