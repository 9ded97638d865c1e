import PGDriver
import PoolingCore
import PoolingSQL
import Synchronization
import TestServers
import Testing

@Suite("Connections that die", .timeLimit(.minutes(1)))
struct LivenessTests {
    let driver = Server.driver

    final class Heard: Sendable {
        private let list = Mutex<[PGNotice]>([])
        var notices: [PGNotice] { list.withLock { $0 } }
        func hear(_ notice: PGNotice) { list.withLock { $0.append(notice) } }
    }

    @Test("F20, F31: while idle are seen without a system call, and the reason is known")
    func idle() async throws {
        let (observer, heard) = (try Observer(), Heard())
        var driver = driver
        driver.onNotice = { heard.hear($0) }
        let connection = try await driver.connect()
        let process = try await driver.lend(connection, loan: .first).process()
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .ready)
        try await observer.terminate(process)
        let condition = driver
        #expect(try await eventually { condition.condition(of: connection) == .suspect })
        let error = try await sqlError { try await condition.validate(connection) }
        #expect(error?.kind == .connectionLost && error?.sqlState == "57P01")
        #expect(heard.notices.contains { $0.severity == "FATAL" && $0.sqlState == "57P01" })
        #expect(driver.condition(of: connection) == .broken)
        #expect(driver.verdict(on: try #require(error)) == .discardAll)
        await driver.close(connection)
        await observer.end()
    }

    @Test("F20: of a pool all at once cost no borrower an error")
    func allAtOnce() async throws {
        let observer = try Observer()
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
        var processes: [Int] = []
        do {
            var leases: [SharedLease<Postgres>] = []
            for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
            for lease in leases { processes.append(try await lease.connection.process()) }
            for lease in leases { lease.release() }
        }
        for process in processes { try await observer.terminate(process) }
        for number in 0..<12 {
            let rows = try await pool.query("SELECT \(number)::int")
            #expect(try rows.first?.decode(0, as: Int.self) == number)
        }
        _ = await pool.shutdown(within: .seconds(5))
        await observer.end()
    }

    @Test("F18: during a statement tell that it may have been executed, and why")
    func duringStatement() async throws {
        let observer = try Observer()
        try await driver.lending { (handle, connection) async throws -> Void in
            let process = try await handle.process()
            let task = Task { try await handle.query("SELECT pg_sleep(60)") }
            #expect(try await eventually { try await observer.isActive(process) })
            try await observer.terminate(process)
            let error = try await sqlError { try await task.value }
            #expect(error?.kind == .mayHaveExecuted && error?.sqlState == "57P01")
            #expect(driver.condition(of: connection) == .broken)
            #expect(driver.verdict(on: try #require(error)) == .discardAll)
        }
        await observer.end()
    }

    @Test("F25: again and again under load cost one error each, never a foreign answer, and none is left behind")
    func underLoad() async throws {
        let observer = try Observer()
        var driver = driver
        driver.configuration.applicationName = "pooling-churn"
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
        let killings = 40
        try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<8 {
                group.addTask(executorPreference: client % 2 == 0 ? Postgres.nextExecutor() : nil) {
                    var errors = 0
                    var round = 0
                    while !Task.isCancelled {
                        round += 1
                        let nonce = "\(client).\(round)"
                        do {
                            let rows = try await pool.query("SELECT \(nonce)::text, repeat('x', 20000)")
                            let answer = try rows.first?.decode(0, as: String.self)
                            #expect(answer == nonce)
                        } catch let error as SQLError {
                            errors += 1
                            #expect(error.kind == .mayHaveExecuted || error.kind == .connectionLost, "\(error)")
                        } catch is CancellationError {}
                    }
                    return errors
                }
            }
            for _ in 0..<killings {
                try await Task.sleep(for: .milliseconds(15))
                let victims: SQLQuery = """
                    SELECT count(pg_terminate_backend(pid))::int FROM (SELECT pid FROM pg_stat_activity
                    WHERE application_name = 'pooling-churn' ORDER BY random() LIMIT 1) victims
                    """
                _ = try await observer.int(victims)
            }
            group.cancelAll()
            var errors = 0
            while let count = try await group.next() { errors += count }
            #expect(errors <= killings)
        }
        #expect(try await pool.query("SELECT 7::int").first?.decode(0, as: Int.self) == 7)
        // Those that were closed are gone, and those that are there are the pool's. One that has died while idle is counted
        // until it is to be lent.
        let sessions: SQLQuery = "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'pooling-churn'"
        #expect(try await eventually { try await observer.int(sessions) <= pool.statistics.total })
        _ = await pool.shutdown(within: .seconds(5))
        #expect(try await eventually { try await observer.int(sessions) == 0 })
        await observer.end()
    }

    @Test("during a loan, with no statement running, have executed nothing")
    func duringLoan() async throws {
        let observer = try Observer()
        try await driver.lending { (handle, connection) async throws -> Void in
            try await observer.terminate(try await handle.process())
            #expect(try await eventually { driver.condition(of: connection) != .ready })
            let error = try await sqlError { try await handle.query("SELECT 1") }
            #expect(error?.kind == .connectionLost && error?.sqlState == "57P01")
        }
        await observer.end()
    }

    @Test("warnings go to whoever wants them")
    func warnings() async throws {
        let heard = Heard()
        var driver = driver
        driver.onNotice = { heard.hear($0) }
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$")
            try await handle.execute("ROLLBACK")
        }
        #expect(heard.notices.map(\.message).contains("mind the gap"))
        #expect(heard.notices.map(\.sqlState).contains("25P01"))
    }

    @Test("are validated by a round trip")
    func validation() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            driver.reclaim(connection, loan: .first)
            try await driver.validate(connection)
            #expect(driver.condition(of: connection) == .ready)
        }
    }

    @Test("F25, F27: errors tell what they mean for the other connections")
    func verdicts() {
        for (state, verdict) in [
            ("57P01", ErrorVerdict.discardAll), ("57P02", .discardAll), ("57P03", .discardAll), ("25006", .discardAll),
            ("08006", .discard), ("23505", .keep), ("40001", .keep), ("57014", .keep),
        ] { #expect(driver.verdict(on: SQLError(.other, "", sqlState: state)) == verdict, "\(state)") }
        #expect(driver.verdict(on: SQLError(.mayHaveExecuted, "")) == .discard)
        #expect(driver.verdict(on: SQLError(.connectionLost, "")) == .discard)
        #expect(driver.verdict(on: CancellationError()) == .keep)
    }

    @Test("F27: a write that the server's role refuses recycles the pool")
    func readOnlyServer() async throws {
        var driver = driver
        driver.configuration.parameters["default_transaction_read_only"] = "on"
        try await driver.lending { (handle, _) async throws -> Void in
            let error = try await sqlError { try await handle.execute("CREATE TABLE never(a int)") }
            #expect(error?.kind == .readOnly && error?.sqlState == "25006")
        }
    }
}
