import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

/// Counts the objects that it has made and that are still there.
final class Alive: Sendable {
    private let counts = Atomic<Int>(0)
    private let total = Atomic<Int>(0)
    var count: Int { counts.load(ordering: .acquiring) }
    var made: Int { total.load(ordering: .acquiring) }

    final class Canary: Sendable {
        let alive: Alive
        init(_ alive: Alive) {
            self.alive = alive
            alive.counts.add(1, ordering: .releasing)
            alive.total.add(1, ordering: .releasing)
        }
        deinit { alive.counts.subtract(1, ordering: .releasing) }
    }

    func make() -> Canary { Canary(self) }
}

@Suite("Functions and collations", .timeLimit(.minutes(1))) struct RegistrationTests {
    let scratch = try! Scratch()

    func function(_ name: String, _ arguments: Int? = 1) -> SQLiteFunction {
        SQLiteFunction(name, arguments: arguments) { _ in .null }
    }

    func refusal(_ functions: [SQLiteFunction], _ collations: [SQLiteCollation] = []) throws -> String {
        let driver = SQLite(path: scratch.path(), functions: functions, collations: collations)
        let error = #expect(throws: PoolConfigurationError.self) { try Pool(driver) }
        return error?.description ?? ""
    }

    @Test("are let go of with the last connection that has them")
    func canary() async throws {
        let alive = Alive()
        func work() async throws {
            let canary = alive.make()
            let driver = SQLite(
                path: scratch.path(),
                functions: [
                    SQLiteFunction("f", arguments: 0) { _ in withExtendedLifetime(canary) { .integer(1) } },
                    .aggregate("g", arguments: 0, initial: canary) { _, _ in
                    } final: { _ in
                        .integer(2)
                    },
                ],
                collations: [SQLiteCollation("c") { _, _ in withExtendedLifetime(canary) { .same } }])
            let first = try await driver.connect()
            let second = try await driver.connect()
            let handle = driver.lend(first, loan: .first)
            #expect(try await handle.int("SELECT f() + g() WHERE 'a' = 'b' COLLATE c") == 3)
            driver.reclaim(first, loan: .first)
            await driver.close(first)
            await driver.close(second)
        }
        try await work()
        #expect(alive.made == 1)
        #expect(alive.count == 0)
    }

    @Test("are let go of when a connect fails after they were added")
    func failedConnect() async throws {
        let alive = Alive()
        func work() async throws {
            let canary = alive.make()
            let driver = SQLite(
                path: scratch.path(), onConnect: { _ in throw CancellationError() },
                functions: [SQLiteFunction("f", arguments: 0) { _ in withExtendedLifetime(canary) { .null } }],
                collations: [SQLiteCollation("c") { _, _ in withExtendedLifetime(canary) { .same } }])
            await #expect(throws: CancellationError.self) { try await driver.connect() }
        }
        try await work()
        #expect(alive.made == 1)
        #expect(alive.count == 0)
    }

    @Test("of one name are refused, whatever their case (F68)")
    func twice() async throws {
        #expect(
            try refusal([function("Slug"), function("sLUG")])
                == "functions is 'sLUG' of 1 arguments, but there must be one function of each name and number of "
                + "arguments (case does not count)")
        #expect(
            try refusal([function("f", nil), function("f", 2), function("f", nil)]).contains("any number of"))
        let order = SQLiteCollation("natural") { _, _ in .same }
        #expect(
            try refusal([], [order, SQLiteCollation("NATURAL") { _, _ in .same }]).hasPrefix(
                "collations is 'NATURAL', but there must be one collation of each name"))
        #expect(try refusal([], [SQLiteCollation("nocase") { _, _ in .same }]).contains("SQLite's own"))
    }

    @Test("must have a name that SQLite takes as it is, and a number of arguments that it can pass (F68)")
    func names() async throws {
        for name in ["", "a\u{0}b", String(repeating: "ä", count: 128)] {
            #expect(try refusal([function(name)]).contains("a name must have 1 to 255 bytes of UTF-8 and no NUL"))
            let collation = SQLiteCollation(name) { _, _ in .same }
            #expect(try refusal([], [collation]).contains("a name must have 1 to 255 bytes of UTF-8 and no NUL"))
        }
        for count in [-1, 128, .max] {
            #expect(try refusal([function("f", count)]).contains("a function takes 0 to 127 arguments"))
        }
        let longest = String(repeating: "ä", count: 127) + "a"
        let driver = SQLite(
            path: scratch.path(), functions: [function(longest, 127)],
            collations: [SQLiteCollation(longest) { _, _ in .same }])
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("SELECT 'a' = 'b' COLLATE \(identifier: longest)") == 1)
        }
    }
}
