import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Transactions that meet on every database", .timeLimit(.minutes(3)))
struct ContentionTests {
    /// What a program repeats a whole transaction for, whatever the database.
    private static let repeatable: Set<SQLError.Kind> = [.serialization, .deadlock, .busy]

    /// Two transactions at once. Each has done its first step before either begins its second one, unless it could not.
    /// - Returns: the kinds of error that they ended with; nil for one that was committed.
    private func race<Driver: SQLDriver>(
        on pool: Pool<Driver>, _ options: SQLTransactionOptions = .readWrite,
        first: @escaping @Sendable (Driver.Handle, Int) async throws -> Void,
        second: @escaping @Sendable (Driver.Handle, Int) async throws -> Void
    ) async throws -> [SQLError.Kind?] {
        let meeting = Meeting()
        return try await withThrowingTaskGroup(of: SQLError.Kind?.self) { group in
            for number in 0..<2 {
                group.addTask {
                    defer { meeting.leave() }
                    return try await sqlError {
                        try await pool.transaction(options) { connection in
                            try await first(connection, number)
                            await meeting.arrive()
                            try await second(connection, number)
                        }
                    }?.kind
                }
            }
            var kinds: [SQLError.Kind?] = []
            for try await kind in group { kinds.append(kind) }
            return kinds
        }
    }

    private static func prepare(_ pool: Pool<some SQLDriver>) async throws {
        try await pool.withConnection { connection in
            try await connection.make("three_counters", "id BIGINT PRIMARY KEY, v BIGINT NOT NULL")
            try await connection.execute("INSERT INTO three_counters VALUES (0, 0), (1, 0)")
        }
    }

    private static func finish(_ pool: Pool<some SQLDriver>) async throws {
        #expect(pool.statistics.closed == 0)
        try await pool.withConnection { try await $0.drop("three_counters") }
    }

    @Test("that want each other's rows: one is told to repeat, the other goes on", arguments: Database.allCases)
    func crossedLocks(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool { pool in
                try await Self.prepare(pool)
                let kinds = try await race(on: pool) { connection, number in
                    try await connection.execute("UPDATE three_counters SET v = v + 1 WHERE id = \(number)")
                } second: { connection, number in
                    try await connection.execute("UPDATE three_counters SET v = v + 1 WHERE id = \(1 - number)")
                }
                #expect(kinds.contains(nil) && kinds.contains(database.crossedLocks), "\(kinds)")
                #expect(
                    try await pool.withConnection { try await $0.column("SELECT v FROM three_counters") } == [1, 1])
                try await Self.finish(pool)
            }
        }
        try await database.open(database == .sqlite ? database.lockLimit(1) : "") { try await check($0) }
    }

    @Test("that read the same row and write it: none of the updates is lost", arguments: Database.allCases)
    func lostUpdate(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool { pool in
                try await Self.prepare(pool)
                let kinds = try await race(on: pool, .init(isolation: .serializable)) {
                    connection, _ async throws -> Void in
                    #expect(try await connection.int("SELECT v FROM three_counters WHERE id = 0") == 0)
                } second: { connection, _ in
                    try await connection.execute("UPDATE three_counters SET v = \(1) WHERE id = 0")
                }
                #expect(kinds.contains(nil) && kinds.contains(database.lostUpdate), "\(kinds)")
                try await Self.finish(pool)
            }
        }
        try await database.open(database == .sqlite ? database.lockLimit(1) : "") { try await check($0) }
    }

    @Test("with somebody's lock that does not become free: busy", arguments: Database.allCases)
    func busy(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool { pool in
                try await Self.prepare(pool)
                try await pool.transaction { holder in
                    try await holder.execute("UPDATE three_counters SET v = 1 WHERE id = 0")
                    let error = try await sqlError {
                        try await pool.execute("UPDATE three_counters SET v = 2 WHERE id = 0")
                    }
                    #expect(error?.kind == .busy, "\(error as Any)")
                    // Who only reads waits for nobody.
                    #expect(try await pool.int("SELECT v FROM three_counters WHERE id = 0") == 0)
                }
                #expect(try await pool.int("SELECT v FROM three_counters WHERE id = 0") == 1)
                try await Self.finish(pool)
            }
        }
        try await database.open(database.lockLimit(1)) { try await check($0) }
    }

    @Test("repeated by one and the same loop: nothing is lost and nothing is done twice", arguments: Database.allCases)
    func repeated(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool { pool in
                try await Self.prepare(pool)
                try await withThrowingTaskGroup { group in
                    for _ in 0..<4 {
                        group.addTask {
                            for _ in 0..<25 { try await Self.increment(pool) }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await pool.int("SELECT v FROM three_counters WHERE id = 0") == 100)
                try await Self.finish(pool)
            }
        }
        try await database.open { try await check($0) }
    }

    private static func increment(_ pool: Pool<some SQLDriver>) async throws {
        while true {
            do {
                return try await pool.transaction(.init(isolation: .serializable)) { connection in
                    let value = try await connection.int("SELECT v FROM three_counters WHERE id = 0")
                    try await connection.execute("UPDATE three_counters SET v = \(value + 1) WHERE id = 0")
                }
            } catch let error as SQLError where repeatable.contains(error.kind) { continue }
        }
    }
}
