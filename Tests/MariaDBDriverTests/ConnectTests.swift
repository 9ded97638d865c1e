import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import MariaDBDriver

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Connecting to MariaDB", .timeLimit(.minutes(2)))
struct ConnectTests {
    private func failure(_ change: (inout MariaDBConfiguration) throws -> Void) async throws -> SQLError? {
        var driver = Server.driver
        try change(&driver.configuration)
        driver.connectTimeLimit = .seconds(5)
        return try await sqlError { await driver.close(try await driver.connect()) }
    }

    private func login(_ change: (inout MariaDBConfiguration) throws -> Void) async throws -> String {
        var driver = Server.driver
        try change(&driver.configuration)
        return try await driver.lending { handle, _ async throws -> String in
            try await handle.text(
                "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version'")
        }
    }

    @Test("says in one sentence what is wrong, without a secret")
    func wrong() async throws {
        let wrong: [(SQLError.Kind, String, (inout MariaDBConfiguration) throws -> Void)] = [
            (.authentication, "refuses user 'app' or the password", { $0.password = "wrong-canary-7f31" }),
            (.authentication, "refuses user 'nobody'", { $0.user = "nobody" }),
            (.authentication, "into database 'nowhere'", { $0.database = "nowhere" }),
            (
                .cannotOpen, "no server accepts connections on 127.0.0.1:1",
                { $0.hosts = [MariaDBHost("127.0.0.1", port: 1)] }
            ),
            (.cannotOpen, "can't be resolved", { $0.hosts = [MariaDBHost("no-such-host.invalid")] }),
            (.cannotOpen, "no server has its unix socket at /nowhere", { $0.hosts = [MariaDBHost("/nowhere")] }),
            (.authentication, "refuses user 'tls_only'", { $0.user = "tls_only" }),
        ]
        for (kind, text, change) in wrong {
            let error = try #require(try await failure(change), "\(text)")
            #expect(error.kind == kind, "\(error)")
            #expect(error.message.contains(text), "\(error)")
            #expect(!error.description.contains("canary"), "\(error)")
        }
    }

    @Test("proves a user in each of the ways that the library has, by socket and by name")
    func ways() async throws {
        let server = try MariaDBServer.shared
        #expect(try await login { $0.user = "modern" } == "")
        #expect(try await login { $0.hosts = [MariaDBHost(server.socket)] } == "")
        #expect(try await login { $0.hosts = [MariaDBHost("localhost", port: server.port)] } == "")
        // The first one is not there.
        #expect(
            try await login {
                $0.hosts = [MariaDBHost("127.0.0.1", port: 1), MariaDBHost("127.0.0.1", port: server.port)]
            } == "")
    }

    @Test("F64: with TLS believes a certificate of the right authority for the right name, and no other one")
    func tls() async throws {
        let server = try MariaDBServer.shared
        let authority = server.certificate("authority.crt")
        func trusting(_ authority: String?) -> MariaDBTLS { MariaDBTLS(mode: .verifyFull, rootCertificate: authority) }
        for user in ["app", "tls_only"] {
            let version = try await login {
                $0.user = user
                $0.tls = trusting(authority)
                $0.hosts[0].name = "localhost"
            }
            #expect(version.hasPrefix("TLSv1."))
        }
        #expect(try await login { $0.tls = MariaDBTLS(mode: .require) }.hasPrefix("TLSv1."))
        #expect(
            try await login { configuration in
                configuration.user = "certified"
                configuration.tls = trusting(authority)
                configuration.tls.clientCertificate = .init(
                    certificate: server.certificate("client.crt"), key: server.certificate("client.key"))
            }.hasPrefix("TLSv1."))
        for stranger in [server.certificate("stranger.crt"), nil] {
            let error = try await failure { $0.tls = trusting(stranger) }
            #expect(error?.kind == .cannotOpen, "\(String(describing: error))")
            #expect(error?.message.contains("certificate") == true, "\(String(describing: error))")
        }
    }

    @Test("F64: a host that is not this machine has to prove itself unless plaintext is asked for by its word")
    func byDefault() throws {
        let far = MariaDBHost("db.example.com")
        #expect(MariaDBTLS().mode(for: far) == .verifyFull)
        #expect(MariaDBTLS(mode: .disable).mode(for: far) == .disable)
        #expect(MariaDBTLS().mode(for: MariaDBHost("127.0.0.1")) == .disable)
        #expect(MariaDBTLS(rootCertificate: "/a.crt").mode(for: MariaDBHost("127.0.0.1")) == .verifyFull)
    }

    @Test("F40: leaves what the process does about SIGPIPE as it was")
    func signals() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in _ = try await handle.int("SELECT 1") }
        var now = sigaction()
        #expect(sigaction(SIGPIPE, nil, &now) == 0)
        #expect(now.__sigaction_handler.sa_handler == nil)
    }

    @Test("F16: a peer that is gone is given up by the system, too, after a time that can be chosen")
    func silence() async throws {
        var driver = Server.driver
        for milliseconds in [30_000, 1500] {
            try await driver.lending { _, connection async throws -> Void in
                var (value, size) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
                let descriptor = connection.socket.descriptor
                #expect(getsockopt(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value, &size) == 0)
                #expect(value == milliseconds)
            }
            driver.configuration = try MariaDB(url: "mariadb://app@localhost?tcp_user_timeout=1500ms").configuration
            let plain = try Server.configuration
            driver.configuration.hosts = plain.hosts
            driver.configuration.password = plain.password
        }
        #expect(throws: PoolConfigurationError.self) {
            try MariaDB(url: "mariadb://app@localhost?tcp_user_timeout=soon")
        }
    }

    @Test("F63: a URL that is wrong names the part at fault and repeats nothing of it")
    func urls() {
        let wrong = [
            "postgres://canary@host", "mariadb://host", "mariadb://u:canary@host:canary/db",
            "mariadb://u@host/db?canary=1",
            "mariadb://u@host?sslmode=canary", "mariadb://u:canary%zz@host", "mariadb://u@host?statement_cache=canary",
            "mariadb://u@[::1", "mariadb://u@h?sslmode=disable&sslrootcert=/canary",
        ]
        for url in wrong {
            let error = #expect(throws: PoolConfigurationError.self) { try MariaDB(url: url) }
            #expect(error?.description.contains("canary") == false, "\(String(describing: error))")
        }
    }
}
