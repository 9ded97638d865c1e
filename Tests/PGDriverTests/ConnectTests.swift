import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Connecting", .timeLimit(.minutes(1)))
struct ConnectTests {
    private func driver(
        limit: Duration = .seconds(10), _ change: (inout PostgresConfiguration) -> Void
    ) throws -> Postgres {
        var configuration = try Server.configuration
        change(&configuration)
        return Postgres(configuration, connectTimeLimit: limit)
    }

    private func error(_ driver: Postgres) async throws -> SQLError? {
        try await sqlError { await driver.close(try await driver.connect()) }
    }

    @Test("what the server refuses has its SQLSTATE and one sentence")
    func refusals() async throws {
        let database = try await error(driver { $0.database = "no_such_database" })
        #expect(database?.sqlState == "3D000" && database?.kind == .cannotOpen)
        #expect(database?.message.contains("no_such_database") == true && database?.message.contains("\n") == false)
        let user = try await error(driver { $0.user = "no_such_user" })
        #expect(user?.sqlState == "28P01" && user?.kind == .authentication)
    }

    @Test("where nobody listens is told with the place")
    func nobody() async throws {
        let error = try await error(driver { $0.hosts = [PostgresHost("127.0.0.1", port: 1)] })
        #expect(error?.kind == .cannotOpen && error?.message.contains("127.0.0.1:1") == true)
    }

    @Test("F23: a name that can't be resolved is told with the name")
    func unresolvable() async throws {
        let error = try await error(driver(limit: .seconds(20)) { $0.hosts = [PostgresHost("no-such-host.invalid")] })
        #expect(error?.kind == .cannotOpen && error?.message.contains("'no-such-host.invalid'") == true)
    }

    @Test("F22: a place that listens and says nothing ends at the limit, or when the task is cancelled")
    func deaf() async throws {
        let listener = try Listener()
        let hosts = [PostgresHost("127.0.0.1", port: listener.port)]
        let driver = try driver(limit: .milliseconds(200)) { $0.hosts = hosts }
        let began = ContinuousClock.now
        let error = try await error(driver)
        #expect(error?.kind == .cannotOpen)
        #expect(began.duration(to: .now) >= .milliseconds(200) && began.duration(to: .now) < .seconds(10))
        let patient = try self.driver(limit: .seconds(60)) { $0.hosts = hosts }
        let task = Task { await patient.close(try await patient.connect()) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("F22: a host that says nothing leaves the next one its share of the time")
    func severalHosts() async throws {
        let listener = try Listener()
        let driver = try driver(limit: .seconds(1)) {
            $0.hosts.insert(PostgresHost("127.0.0.1", port: listener.port), at: 0)
        }
        let connection = try await driver.connect()
        #expect(try await driver.lend(connection, loan: .first).int("SELECT 7") == 7)
        driver.reclaim(connection, loan: .first)
        await driver.close(connection)
    }

    @Test("F23: a name is resolved off the event loop, also for a task that lives there")
    func resolved() async throws {
        let port = try await Server.driver.lending { (handle, _) async throws -> String in
            try await handle.text("SHOW port")
        }
        let driver = try driver { $0.hosts = [PostgresHost("localhost", port: Int(port) ?? 0)] }
        let answer = try await Task(executorPreference: Postgres.nextExecutor()) {
            let connection = try await driver.connect()
            let answer = try await driver.lend(connection, loan: .first).int("SELECT 7")
            driver.reclaim(connection, loan: .first)
            await driver.close(connection)
            return answer
        }.value
        #expect(answer == 7)
    }

    @Test("a connection that has left its pool works, and its session ends when it is let go of")
    func detached() async throws {
        let (observer, driver) = (try Observer(), Server.driver)
        let pool = try Pool(driver)
        let process = try await detachedProcess(pool, driver)
        #expect(try await eventually { try await !observer.exists(process) })
        _ = await pool.shutdown(within: .seconds(5))
        await observer.end()
    }

    private func detachedProcess(_ pool: Pool<Postgres>, _ driver: Postgres) async throws -> Int {
        let connection = try await pool.lease().detach()
        return try await driver.lend(connection, loan: .unpooled).process()
    }

    @Test("a pool that is shut down under a statement ends in time, and the statement with it")
    func shutdown() async throws {
        let observer = try Observer()
        let pool = try Pool(Server.driver)
        let lease = try await pool.lease().shared()
        let (handle, process) = (lease.connection, try await lease.connection.process())
        let task = Task { try await handle.query("SELECT pg_sleep(60)") }
        #expect(try await eventually { try await observer.isActive(process) })
        let began = ContinuousClock.now
        _ = await pool.shutdown(within: .milliseconds(200))
        #expect(began.duration(to: .now) < .seconds(10))
        #expect(try await sqlError { try await task.value } != nil)
        lease.release()
        #expect(try await eventually { try await !observer.exists(process) })
        await observer.end()
    }

    @Test("closing says goodbye: the session is gone")
    func goodbye() async throws {
        let observer = try Observer()
        let process = try await Server.driver.lending { (handle, _) async throws -> Int in try await handle.process() }
        #expect(try await eventually { try await !observer.exists(process) })
        await observer.end()
    }
}

/// Takes connections, which the system accepts, and never says a word.
private final class Listener: Sendable {
    let port: Int
    private let descriptor: CInt

    init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let failure = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(failure)
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
