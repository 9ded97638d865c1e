import Dispatch
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Time limits of MariaDB's own", .timeLimit(.minutes(2)))
struct ServerTimeoutTests {
    /// A line whose sessions have a limit.
    private func limited(_ variable: String, _ seconds: Double) async throws -> ProxiedServer {
        var line = try await ProxiedServer(variable)
        line.driver.configuration.variables = [variable: "\(seconds)"]
        if seconds >= 1 { line.driver.configuration.variables = [variable: "\(Int(seconds))"] }
        return line
    }

    @Test("F29: that end idle sessions cost no acquire an error")
    func idle() async throws {
        let (line, observer) = (try await limited("wait_timeout", 1), try Observer())
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 4))
        for _ in 0..<2 {
            var leases: [SharedLease<MariaDB>] = []
            for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
            for lease in leases { lease.release() }
            #expect(try await line.areGone(observer))
            try await HangUps.areNoticed()
            for number in 0..<500 {
                #expect(try await pool.query("SELECT \(number)").first?.decode(0, as: Int.self) == number)
            }
        }
        await pool.shutdown()
        line.proxy.stop()
        await observer.end()
    }

    @Test("F29, F36: that end an idle session on loan are told by the next statement, which was not executed")
    func idleOnLoan() async throws {
        let (line, observer) = (try await limited("wait_timeout", 1), try Observer())
        try await line.driver.lending { (handle, connection) async throws -> Void in
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(try await line.areGone(observer))
            try await HangUps.areNoticed()
            let error = try await sqlError { try await handle.execute("SELECT 1") }
            #expect(
                error?.kind == .connectionLost && error?.message.contains("wait_timeout") == true, "\(error as Any)")
            #expect(line.driver.condition(of: connection) == .broken)
        }
        line.proxy.stop()
        await observer.end()
    }

    @Test(
        "F29: that end an idle session with a word of why have it told to the borrower",
        arguments: [
            (4031, "The client was disconnected by the server because of inactivity."), (1927, "Connection was killed"),
            (1053, "Server shutdown in progress"),
        ])
    func lastWords(_ code: UInt16, _ text: String) async throws {
        // Not before the login is over: the library would have read it along with that.
        let isIdle = DispatchSemaphore(value: 0)
        let words = ScriptedServer.error(code, "08S01", text, number: 0)
        let server = try ScriptedServer(ScriptedServer.welcomeToWork + [.await(isIdle), .write(words)])
        var driver = Server.driver
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: server.port)]
        try await driver.lending { (handle, connection) async throws -> Void in
            isIdle.signal()
            #expect(try await eventually { driver.condition(of: connection) == .suspect })
            let error = try await sqlError { try await handle.query("SELECT 1") }
            #expect(error?.kind == .connectionLost && error?.vendorCode == Int(code), "\(error as Any)")
            #expect(error?.sqlState == "08S01" && error?.message.contains(text) == true, "\(error as Any)")
            #expect(driver.condition(of: connection) == .broken)
        }
    }

    @Test("F29: that end a transaction that does nothing are told by the next statement, which was not executed")
    func idleInTransaction() async throws {
        let (line, observer) = (try await limited("idle_transaction_timeout", 1), try Observer())
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 1))
        try await observer.execute("CREATE OR REPLACE TABLE idled(v INT)")
        for _ in 0..<2 {
            let error = try await sqlError {
                try await pool.transaction { handle in
                    try await handle.execute("INSERT INTO idled VALUES(1)")
                    #expect(try await line.areGone(observer))
                    try await HangUps.areNoticed()
                    try await handle.execute("INSERT INTO idled VALUES(2)")
                }
            }
            #expect(error?.kind == .connectionLost, "\(error as Any)")
            // The next borrower has another connection.
            #expect(try await pool.query("SELECT COUNT(*) FROM idled").first?.decode(0, as: Int.self) == 0)
        }
        #expect(pool.statistics.connected == 3)
        try await observer.execute("DROP TABLE idled")
        await pool.shutdown()
        line.proxy.stop()
        await observer.end()
    }

    @Test("F29: that stop a statement leave the connection as it is")
    func statement() async throws {
        let line = try await limited("max_statement_time", 0.05)
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 1))
        for _ in 0..<20 {
            let error = try await sqlError {
                try await pool.query("SELECT COUNT(*) FROM seq_1_to_100000 a, seq_1_to_100000 b")
            }
            #expect(error?.kind == .interrupted && error?.vendorCode == 1969, "\(error as Any)")
        }
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
        line.proxy.stop()
    }

    @Test("F19: a loan outlives the idle time and the lifetime of its pool's connections, which end it at its return")
    func longLoan() async throws { try await LongLoans<MariaDB>.outlive() }
}
