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
        let line = try ProxiedServer("secret")
        let port = line.proxy.port
        let heard = Mutex("")
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
        var text = ""
        for change in changes {
            var configuration = try Server.configuration
            configuration.hosts = [PostgresHost("127.0.0.1", port: port)]
            configuration.password = .fixed(PostgresSecret(canary))
            change(&configuration)
            var driver = Postgres(configuration)
            driver.onNotice = { notice in heard.withLock { $0 += "\(notice)" } }
            text += try await toldInVain(by: driver)
            dump(configuration, to: &text)
            print(configuration, to: &text)
        }
        text += heard.withLock { $0 }
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
        let (observer, current) = (try Observer(), CurrentPassword("first"))
        let role = "rotated"
        _ = try await observer.int("DROP ROLE IF EXISTS \(identifier: role)")
        _ = try await observer.int("CREATE ROLE \(identifier: role) LOGIN PASSWORD 'first'")
        var driver = Server.driver
        driver.configuration.user = role
        driver.configuration.database = PostgresServer.database
        driver.configuration.password = .provider { current.ask() }
        let statistics = try await rotating(driver) { number in
            // As rotation is done: the old one is good until everybody has the new one. PostgreSQL has one only, so that a
            // connect in between fails, and is tried again without its borrower's knowledge.
            let next = "next-\(number)"
            _ = try await observer.int("ALTER ROLE \(identifier: role) PASSWORD '\(unsafe: next)'")
            current.change(to: next)
        }
        #expect(UInt64(current.asked) >= statistics.connected)
        #expect(statistics.timedOut == 0 && statistics.rejected == 0, "\(statistics)")
        #expect(
            try await eventually {
                try await observer.int("SELECT count(*)::int FROM pg_stat_activity WHERE usename = \(role)") == 0
            })
        _ = try await observer.int("DROP ROLE \(identifier: role)")
        await observer.end()
    }

    @Test("F67: that are wrong are tried once in a back-off, so that no account is locked")
    func wrong() async throws {
        let current = CurrentPassword("wrong")
        var driver = Server.driver
        driver.configuration.password = .provider { current.ask() }
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
        #expect(Double(current.asked) <= 8 + took / 20, "\(current.asked) attempts in \(took) ms")
        await pool.shutdown()
    }

    private func sqlOrPoolError<R>(_ body: () async throws -> R) async throws -> (any Error)? {
        do { _ = try await body() } catch { return error }
        return nil
    }
}
