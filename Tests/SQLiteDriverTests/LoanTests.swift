import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

@Suite("A loan", .timeLimit(.minutes(1))) struct LoanTests {
    let scratch = try! Scratch()

    @Test("that has ended is refused, and harms no later one")
    func ended() async throws {
        let driver = SQLite(path: scratch.path())
        let connection = try await driver.connect()
        let stale = driver.lend(connection, loan: .first)
        driver.reclaim(connection, loan: .first)
        #expect(try await code { try await stale.query("SELECT 1") } == .loanEnded)
        let current = driver.lend(connection, loan: .second)
        #expect(try await code { try await stale.execute("SELECT 1") } == .loanEnded)
        #expect(try await code { try await stale.transaction { _ in } } == .loanEnded)
        #expect(try await code { try await stale.serverVersion() } == .loanEnded)
        #expect(try await current.int("SELECT 1") == 1)
        driver.reclaim(connection, loan: .second)
        await driver.close(connection)
    }

    @Test("is one task's at a time")
    func concurrent() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, _ async throws in
            let before = calls.count
            let running = Task { try await handle.query(endless) }
            await calls.reach(before + 1)
            #expect(try await code { try await handle.query("SELECT 1") } == .concurrentUse)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await handle.int("SELECT 1") == 1)
        }
    }

    @Test("that ends while a statement runs leaves a broken connection, whose close waits for it")
    func overstay() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        let before = calls.count
        let running = Task { try await kind { try await handle.query(endless) } }
        await calls.reach(before + 1)
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .broken)
        await driver.close(connection)
        #expect(try await running.value == .interrupted)
    }

    @Test("that leaves a transaction open is dirty, and ready after a reset")
    func dirty() async throws {
        let driver = SQLite(path: scratch.path())
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        #expect(driver.condition(of: connection) == .ready)
        try await handle.execute("CREATE TABLE t(v)")
        #expect(driver.condition(of: connection) == .ready)
        try await handle.execute("BEGIN")
        try await handle.execute("INSERT INTO t VALUES(1)")
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .dirty)
        try await driver.reset(connection)
        #expect(driver.condition(of: connection) == .ready)
        let next = driver.lend(connection, loan: .second)
        #expect(try await next.int("SELECT count(*) FROM t") == 0)
        driver.reclaim(connection, loan: .second)
        await driver.close(connection)
    }

    @Test("ends with onReturn, where one is given")
    func onReturn() async throws {
        let runs = Mutex(0)
        let returned = SQLite(
            path: scratch.path(),
            onReturn: { handle in
                try await handle.execute("PRAGMA cache_size = -77")
                runs.withLock { $0 += 1 }
            })
        let connection = try await returned.connect()
        #expect(returned.condition(of: connection) == .ready)
        for loan in [LoanID.first, .second] {
            let handle = returned.lend(connection, loan: loan)
            _ = try await handle.int("SELECT 1")
            returned.reclaim(connection, loan: loan)
            #expect(returned.condition(of: connection) == .dirty)
            try await returned.reset(connection)
            #expect(returned.condition(of: connection) == .ready)
        }
        #expect(runs.withLock { $0 } == 2)
        await returned.close(connection)
    }

    @Test("calls for the hooks that SQLite needs, and for no other")
    func hooks() {
        let driver = SQLite(path: scratch.path())
        #expect(driver.requiredHooks == [.lend, .condition, .reset, .verdict])
        #expect(driver.loanExecutor != nil)
        #expect(SQLite(path: scratch.path(), execution: .inline).loanExecutor == nil)
        #expect(driver.verdict(on: SQLError(.corrupt, "")) == .discard)
        #expect(driver.verdict(on: SQLError(.other, "", vendorCode: 10 | 3 << 8)) == .discard)
        #expect(driver.verdict(on: SQLError(.busy, "", vendorCode: 5)) == .keep)
        #expect(driver.verdict(on: CancellationError()) == .keep)
    }

    @Test("F61: what a shutdown has closed is refused to whoever detaches it, lends it anew or closes it once more")
    func closedUnderTheBorrower() async throws {
        for execution in [SQLite.Execution.executor, .inline] {
            let driver = SQLite(path: scratch.path(), execution: execution)
            let pool = try Pool(driver, configuration: .init(max: 1))
            let lease = try await pool.lease()
            await pool.shutdown(within: .zero)
            let connection = lease.detach()
            #expect(driver.condition(of: connection) == .broken)
            let handle = driver.lend(connection, loan: .unpooled)
            let refusal = await #expect(throws: PoolError.self) { try await handle.query("SELECT 1") }
            #expect(refusal?.code == .loanEnded)
            driver.reclaim(connection, loan: .unpooled)
            await driver.close(connection)
            await driver.close(connection)
        }
    }
}
