import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("A configuration") struct ConfigurationTests {
    @Test(
        "F64: wants a verified certificate of every host that is not this machine, and encrypts what it can there",
        arguments: [
            (PostgresHost("db.example"), PostgresTLS.Mode.verifyFull), (PostgresHost("10.0.0.1"), .verifyFull),
            (PostgresHost("localhost.example"), .verifyFull), (PostgresHost("127.evil.example"), .verifyFull),
            (PostgresHost("127.0.0.1.example"), .verifyFull),
            (PostgresHost("localhost", address: "10.0.0.1"), .verifyFull),
            (PostgresHost("localhost"), .prefer), (PostgresHost("LOCALHOST"), .prefer),
            (PostgresHost("127.0.0.9"), .prefer),
            (PostgresHost("::1"), .prefer), (PostgresHost("db.example", address: "127.0.0.1"), .prefer),
            (PostgresHost("/run/postgresql"), .disable), (PostgresHost("@abstract"), .disable),
        ])
    func defaults(host: PostgresHost, mode: PostgresTLS.Mode) {
        #expect(PostgresTLS().mode(for: host) == mode)
        let trusting = PostgresTLS(rootCertificate: "/ca.pem")
        #expect(trusting.mode(for: host) == (host.isUnixSocket ? .disable : .verifyFull))
        #expect(PostgresTLS(mode: .disable).mode(for: host) == .disable)
    }

    @Test("that contradicts itself is refused")
    func contradictions() throws {
        func refuses(_ field: String, _ change: (inout PostgresConfiguration) -> Void) {
            var configuration = PostgresConfiguration(user: "app")
            change(&configuration)
            let error = #expect(throws: PoolConfigurationError.self) { try configuration.check() }
            #expect(error?.field == field, "\(String(describing: error))")
        }
        refuses("hosts") { $0.hosts = [] }
        refuses("hosts") { $0.hosts = [PostgresHost("")] }
        refuses("hosts") { $0.hosts = [PostgresHost("a,b")] }
        refuses("hosts") { $0.hosts = [PostgresHost("a\0b")] }
        refuses("hosts") { $0.hosts = [PostgresHost("/run", address: "::1")] }
        refuses("port") { $0.hosts = [PostgresHost("a", port: 0)] }
        refuses("user") { $0.user = "" }
        // A NUL would make of it another user (F66).
        refuses("user") { $0.user = "postgres\0app" }
        refuses("password") { $0.password = "a\0b" }
        refuses("database") { $0.database = "" }
        refuses("parameters") { $0.parameters = ["a b": "c"] }
        refuses("parameters") { $0.parameters = ["": "c"] }
        refuses("parameters") { $0.parameters = ["a": "b\0"] }
        refuses("statementTimeout") { $0.statementTimeout = .microseconds(1) }
        refuses("lockTimeout") { $0.lockTimeout = .seconds(-1) }
        refuses("idleInTransactionTimeout") { $0.idleInTransactionTimeout = .seconds(Int64.max) }
        refuses("connectTimeout") { $0.connectTimeout = .zero }
        refuses("tls.mode") { $0.tls = PostgresTLS(mode: .disable, rootCertificate: "/ca.pem") }
        refuses("tls.rootCertificate") { $0.tls = PostgresTLS(rootCertificate: "") }
        try PostgresConfiguration(user: "app").check()
    }

    @Test(
        "splits a connect's time over what is left to try, and asks everyone for a standby first where one is preferred"
    )
    func plan() {
        var configuration = PostgresConfiguration(hosts: [PostgresHost("a"), PostgresHost("b")], user: "app")
        configuration.targetSession = .primary
        #expect(ConnectPlan.attempts(configuration).map(\.host.name) == ["a", "b"])
        #expect(ConnectPlan.attempts(configuration).allSatisfy { $0.session == .primary })
        configuration.targetSession = .preferStandby
        #expect(
            ConnectPlan.attempts(configuration).map { "\($0.host.name) \($0.session.rawValue)" }
                == ["a standby", "b standby", "a any", "b any"])
        #expect(ConnectPlan.share(of: .seconds(9), attemptsLeft: 3) == .seconds(3))
        #expect(ConnectPlan.share(of: .seconds(9), attemptsLeft: 0) == .seconds(9))
        #expect(ConnectPlan.share(of: .seconds(-1), attemptsLeft: 2) == .zero)
    }

    @Test("F67: asks its password's provider at each connect")
    func provider() async throws {
        let counter = Counter()
        let password = PostgresPassword.provider { await "token-\(counter.next())" }
        #expect(try await password.current().text == "token-1")
        #expect(try await password.current().text == "token-2")
        #expect(password.description == "<password provider>")
    }

    private actor Counter {
        var count = 0
        func next() -> Int {
            count += 1
            return count
        }
    }
}
