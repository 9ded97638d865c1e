import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import Synchronization
import TestServers
import Testing

@Suite("Credentials", .timeLimit(.minutes(2)))
struct CredentialTests {
    @Test("F63: are in no error, event, notice, statistic or dump of a pool, whatever goes wrong")
    func secrecy() async throws {
        let canary = "canary-Zeisig-41d7"
        let told = Mutex("")
        struct Listener: PoolObserver {
            let hear: @Sendable (String) -> Void
            func observe(_ event: PoolEvent, in pool: PoolIdentity) { hear("\(event) \(pool)") }
        }
        let line = try ProxiedServer("secret")
        let port = line.proxy.port
        let changes: [@Sendable (inout PostgresConfiguration) -> Void] = [
            { _ in }, { $0.database = "no_such_database" }, { $0.user = "no_such_user" },
            { $0.hosts = [PostgresHost("127.0.0.1", port: 1)] }, { $0.hosts = [PostgresHost("no-such-host.invalid")] },
            { $0.hosts = [PostgresHost("/nowhere")] }, { $0.tls = PostgresTLS(mode: .verifyFull) },
            { $0.parameters = ["nonsense": "1"] },
            {
                $0.tls = PostgresTLS(
                    mode: .require,
                    clientCertificate: .init(certificate: "/c", key: "/k", keyPassword: "canary-Zeisig-41d7"))
            },
        ]
        for change in changes {
            var configuration = try Server.configuration
            configuration.hosts = [PostgresHost("127.0.0.1", port: port)]
            configuration.password = .fixed(PostgresSecret(canary))
            change(&configuration)
            var driver = Postgres(configuration)
            driver.onNotice = { notice in told.withLock { $0 += "\(notice)" } }
            let pool = try Pool(
                driver,
                configuration: PoolConfiguration(max: 1, outagePolicy: .failAfter(.milliseconds(1))),
                observers: [Listener { text in told.withLock { $0 += text } }])
            for _ in 0..<2 {
                let error = await #expect(throws: (any Error).self) {
                    try await pool.query("SELECT 1", timeout: .milliseconds(300))
                }
                told.withLock { told in
                    told += "\(error as Any)"
                    dump(error, to: &told)
                    if let cause = (error as? PoolError)?.lastConnectError { dump(cause, to: &told) }
                }
            }
            told.withLock { told in
                print(pool, pool.statistics, pool.health, driver, configuration, to: &told)
                dump(driver, to: &told)
                dump(configuration, to: &told)
            }
            await pool.shutdown()
        }
        let text = told.withLock { $0 }
        #expect(text.count > 1000 && text.contains("no_such_database"))
        #expect(!text.contains("Zeisig"))
        line.proxy.stop()
    }

    @Test("F63: nor are the values of a statement that fails")
    func values() async throws {
        let pool = try Pool(Server.driver, configuration: PoolConfiguration(max: 1))
        let canary = "Zeisig"
        let queries: [SQLQuery] = [
            "SELECT \(canary)::text::int", "SELECT \(canary)::text::date", "SELECT \(canary)::text::uuid",
            "SELECT 1 / length(replace(\(canary)::text, \(canary)::text, ''))", "SELECT \(canary)::text::jsonb",
            "SELECT convert_from(\(canary)::text::bytea, \(canary)::text)",
            "SELECT set_config('work_mem', \(canary), false)",
            "SELECT \(canary)::text::regclass", "SELECT repeat(\(canary), 1000000000)",
        ]
        for query in queries {
            let error = try await sqlError { try await pool.query(query) }
            #expect(error != nil && !"\(error as Any)".contains(canary), "\(error as Any)")
        }
        await pool.shutdown()
    }

    @Test("F67: that are changed under load cost no statement an error, and the provider is asked at each connect")
    func rotated() async throws {
        let (observer, current, asked) = (try Observer(), Password("first"), Count())
        let role = "rotated"
        _ = try await observer.int("DROP ROLE IF EXISTS \(identifier: role)")
        _ = try await observer.int("CREATE ROLE \(identifier: role) LOGIN PASSWORD 'first'")
        var driver = Server.driver
        driver.configuration.user = role
        driver.configuration.database = PostgresServer.database
        driver.configuration.password = .provider {
            asked.add()
            return current.text
        }
        do {
            // Each connection is for three loans, so that there are always some being opened.
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 4, maxUses: 3))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        while !Task.isCancelled {
                            do { _ = try await pool.query("SELECT 1") } catch is CancellationError {}
                        }
                    }
                }
                for number in 0..<5 {
                    let before = pool.statistics.connected
                    #expect(try await eventually { pool.statistics.connected > before + 10 })
                    // As rotation is done: the old one is good until everybody has the new one. PostgreSQL has one only, so
                    // that a connect in between fails, and is tried again without its borrower's knowledge.
                    let next = "next-\(number)"
                    _ = try await observer.int("ALTER ROLE \(identifier: role) PASSWORD '\(unsafe: next)'")
                    current.text = next
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            let now = pool.statistics
            #expect(UInt64(asked.value) >= now.connected)
            #expect(now.timedOut == 0 && now.rejected == 0, "\(now)")
            await pool.shutdown()
        }
        #expect(
            try await eventually {
                try await observer.int("SELECT count(*)::int FROM pg_stat_activity WHERE usename = \(role)") == 0
            })
        _ = try await observer.int("DROP ROLE \(identifier: role)")
        await observer.end()
    }

    @Test("F67: that are wrong are tried once in a back-off, so that no account is locked")
    func wrong() async throws {
        let asked = Count()
        var driver = Server.driver
        driver.configuration.password = .provider {
            asked.add()
            return "wrong"
        }
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(
                max: 4, backoff: Backoff(initial: .milliseconds(200), cap: .milliseconds(200)),
                outagePolicy: .failAfter(.milliseconds(50))))
        let began = ContinuousClock.now
        // However many ask.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let error = try? await sqlOrPoolError {
                        try await pool.query("SELECT 1", timeout: .milliseconds(600))
                    }
                    #expect("\(error as Any)".contains("refuses the password of user 'postgres'"), "\(error as Any)")
                }
            }
        }
        let took = began.duration(to: .now) / .milliseconds(1)
        // The first four at once; then one each 100 ms on average.
        #expect(Double(asked.value) <= 8 + took / 20, "\(asked.value) attempts in \(took) ms")
        await pool.shutdown()
    }

    private func sqlOrPoolError<R>(_ body: () async throws -> R) async throws -> (any Error)? {
        do { _ = try await body() } catch { return error }
        return nil
    }
}

/// What is valid at present.
private final class Password: Sendable {
    private let state: Mutex<String>
    init(_ text: String) { state = Mutex(text) }
    var text: String {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// Counts from wherever it is called.
final class Count: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.add(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
