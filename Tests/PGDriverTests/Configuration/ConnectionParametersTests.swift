import CLibPQ
import Foundation
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("What libpq is told", .timeLimit(.minutes(3))) struct ConnectionParametersTests {
    @Test("F35: is everything that it would otherwise look for in the environment or at home")
    func complete() {
        let told = parameters(PostgresConfiguration(user: "app"), host: PostgresHost("/run/pg"), address: nil)
        let blanks = told[0].value
        for option in LibPQ.options where option.variable != nil && option.keyword != "service" {
            let isTold = told.dropFirst().contains { $0.keyword == option.keyword }
            // libpq has its own preset for what it is not told and what nobody has set.
            #expect(isTold || blanks.contains("\(option.keyword)=''") || option.preset == nil, "\(option.keyword)")
            #expect(!isTold || !told.contains { $0.keyword == option.keyword && $0.value.isEmpty })
        }
        #expect(told[0].keyword == "dbname" && told.filter { $0.keyword == "dbname" }.count == 2)
    }

    @Test("carries settings of the session so that the server takes them as they are")
    func options() async throws {
        let server = try await PostgresServer.shared
        var configuration = PostgresConfiguration(
            hosts: [PostgresHost(server.socketFolder, port: server.port)], user: "app",
            password: .fixed(PostgresSecret(PostgresServer.password)))
        configuration.parameters = ["search_path": "\"a b\", \"c\\d\"", "app.note": "it's  -c\tx=\\ y"]
        configuration.statementTimeout = .milliseconds(1234)
        configuration.applicationName = "näme 'x'"
        #expect(try answer(configuration, "SHOW search_path") == "\"a b\", \"c\\d\"")
        #expect(try answer(configuration, "SHOW app.note") == "it's  -c\tx=\\ y")
        #expect(try answer(configuration, "SHOW statement_timeout") == "1234ms")
        // The server's own rule: what is not ASCII becomes question marks.
        #expect(try answer(configuration, "SHOW application_name").hasSuffix("me 'x'"))
        #expect(try answer(configuration, "SHOW client_encoding") == "UTF8")
    }

    @Test("F35: is stronger than a hostile environment and a hostile home")
    func hostileEnvironment() async throws {
        let server = try await PostgresServer.shared
        let home = server.root.folder + "/hostile-home"
        try FileManager.default.createDirectory(atPath: home + "/.postgresql", withIntermediateDirectories: true)
        // An authority that has not signed the server's certificate: with it, `prefer` would end as `verify-ca`.
        try? FileManager.default.copyItem(
            atPath: server.certificate("stranger.crt"), toPath: home + "/.postgresql/root.crt")
        try "*:*:*:*:wrong".write(toFile: home + "/.pgpass", atomically: true, encoding: .utf8)
        chmod(home + "/.pgpass", 0o600)
        let service = "[evil]\nhost=10.255.255.1\nhostaddr=10.255.255.1\npassword=wrong\nsslmode=disable\nuser=nobody\n"
        try service.write(toFile: home + "/services", atomically: true, encoding: .utf8)
        let hostile = [
            "PGSERVICE": "evil", "PGSERVICEFILE": home + "/services",
            "PGHOST": "10.255.255.1", "PGHOSTADDR": "10.255.255.1", "PGPORT": "1", "PGDATABASE": "nobodys",
            "PGUSER": "nobody", "PGPASSWORD": "wrong", "PGPASSFILE": home + "/.pgpass", "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": home + "/.postgresql/root.crt", "PGSSLCERT": "/etc/passwd", "PGSSLKEY": "/etc/passwd",
            "PGSSLCRL": "/etc/passwd", "PGREQUIREPEER": "nobody", "PGGSSENCMODE": "require",
            "PGOPTIONS": "-c work_mem=1x",
            "PGTARGETSESSIONATTRS": "standby", "PGCHANNELBINDING": "require", "PGSSLMINPROTOCOLVERSION": "TLSv1.3",
            "PGSSLMAXPROTOCOLVERSION": "TLSv1.1", "PGCLIENTENCODING": "LATIN1", "PGAPPNAME": "evil", "HOME": home,
            "PGREQUIREAUTH": "none", "PGCONNECT_TIMEOUT": "1",
        ]
        let before = ProcessInfo.processInfo.environment
        for (name, value) in hostile { setenv(name, value, 1) }
        defer {
            for name in hostile.keys {
                if let value = before[name] { setenv(name, value, 1) } else { unsetenv(name) }
            }
        }
        let password = PostgresPassword.fixed(PostgresSecret(PostgresServer.password))
        for host in [
            PostgresHost(server.socketFolder, port: server.port),
            PostgresHost("localhost", address: "127.0.0.1", port: server.port),
        ] {
            var configuration = PostgresConfiguration(hosts: [host], user: "app", password: password)
            #expect(try answer(configuration, "SELECT current_user") == "app")
            #expect(try answer(configuration, "SHOW application_name") == "swift-pooling")
            configuration.password = nil
            // Neither PGPASSWORD nor the password file stands in.
            #expect(try answer(configuration, "SELECT 1").contains("no password supplied"))
        }
        // With whom the system trusts, and not with the authority at home.
        let verifying = PostgresConfiguration(
            hosts: [PostgresHost("localhost", address: "127.0.0.1", port: server.port)], user: "app",
            password: password, tls: PostgresTLS(rootCertificate: server.certificate("authority.crt")))
        #expect(try answer(verifying, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t")
        var strict = verifying
        strict.tls = PostgresTLS(mode: .verifyFull)
        #expect(try answer(strict, "SELECT 1").contains("certificate"))
    }

    @Test("logs in with a certificate, whose key may be encrypted, and binds a password's login to the channel")
    func certificate() async throws {
        let server = try await PostgresServer.shared
        let key = server.root.folder + "/encrypted.key"
        let command =
            "umask 077; openssl pkcs8 -topk8 -in \(server.certificate("client.key")) -passout pass:Zeisig -out \(key)"
        _ = try await Command("/bin/sh", ["-c", command]).run()
        let authority = server.certificate("authority.crt")
        var configuration = PostgresConfiguration(
            hosts: [PostgresHost("localhost", address: "127.0.0.1", port: server.port)], user: "certified",
            database: "app")
        for (key, secret) in [(server.certificate("client.key"), PostgresSecret?.none), (key, "Zeisig")] {
            configuration.tls = PostgresTLS(
                rootCertificate: authority,
                clientCertificate: .init(certificate: server.certificate("client.crt"), key: key, keyPassword: secret))
            #expect(try answer(configuration, "SELECT current_user") == "certified")
        }
        configuration.tls = PostgresTLS(rootCertificate: authority)
        #expect(try answer(configuration, "SELECT 1").contains("requires a valid client certificate"))
        configuration.user = "app"
        configuration.password = .fixed(PostgresSecret(PostgresServer.password))
        configuration.channelBinding = .require
        #expect(try answer(configuration, "SELECT current_user") == "app")
    }

    @Test("F35: can't keep libpq from looking for a service that the environment names, but says what to do about it")
    func missingService() async throws {
        let server = try await PostgresServer.shared
        let host = PostgresHost(server.socketFolder, port: server.port)
        let configuration = PostgresConfiguration(hosts: [host], user: "app", password: "Zeisig")
        setenv("PGSERVICE", "nowhere", 1)
        defer { unsetenv("PGSERVICE") }
        let said = try #require(PlainConnection.refusal(parameters(configuration, host: host, address: nil)))
        let error = LoginFailure(said, host: host, configuration: configuration).error
        #expect(error.message.contains("PGSERVICE") && error.message.contains("unset it"), "\(error)")
    }

    @Test("keeps a database's name from being taken for a connection string")
    func databaseName() async throws {
        let server = try await PostgresServer.shared
        let host = PostgresHost(server.socketFolder, port: server.port)
        let configuration = PostgresConfiguration(
            hosts: [host], user: "app", password: .fixed(PostgresSecret(PostgresServer.password)),
            database: "user=postgres dbname=postgres")
        #expect(
            try answer(configuration, "SELECT 1").contains("database \"user=postgres dbname=postgres\" does not exist"))
    }

    private func parameters(
        _ configuration: PostgresConfiguration, host: PostgresHost, address: String?
    ) -> [(keyword: String, value: String)] {
        ConnectionParameters(
            configuration, host: host, address: address, password: configuration.password?.fixed, session: .any
        ).pairs
    }

    private func answer(_ configuration: PostgresConfiguration, _ sql: String) throws -> String {
        let host = try #require(configuration.hosts.first)
        return PlainConnection.answer(to: sql, parameters(configuration, host: host, address: host.address))
    }
}
