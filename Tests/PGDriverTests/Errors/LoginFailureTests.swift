import Foundation
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@testable import PGDriver

@Suite("A refused login", .timeLimit(.minutes(5))) struct LoginFailureTests {
    @Test("F63: tells of a wrong password, none, an unknown user, database and setting, one sentence each")
    func refusals() async throws {
        let server = try await PostgresServer.shared
        func expect(
            _ kind: SQLError.Kind, _ state: String?, _ hint: String, _ change: (inout PostgresConfiguration) -> Void
        ) throws {
            var configuration = base(server)
            change(&configuration)
            let error = try failure(configuration)
            #expect(error.kind == kind && error.sqlState == state && error.message.contains(hint), "\(error)")
        }
        try expect(.authentication, "28P01", "refuses the password of user 'app'; correct it") {
            $0.password = "wrong-Zeisig"
        }
        try expect(.authentication, nil, "none is configured; set password") { $0.password = nil }
        try expect(.authentication, "28P01", "refuses the password of user 'nobody'") { $0.user = "nobody" }
        try expect(.cannotOpen, "3D000", "has no database 'nowhere'; create it") { $0.database = "nowhere" }
        try expect(.cannotOpen, "42704", "unrecognized configuration parameter") { $0.parameters = ["nonsense": "1"] }
        try expect(.authentication, "28000", "correct user, database or TLS mode") {
            $0.user = "tls_only"
            $0.tls = PostgresTLS(mode: .disable)
        }
        try expect(.cannotOpen, nil, "is not the kind of server that targetSession standby asks for") {
            $0.targetSession = .standby
        }
        try expect(.cannotOpen, nil, "belongs to another user") {
            $0.hosts = [PostgresHost(server.socketFolder, port: server.port)]
            $0.requiredPeer = "daemon"
        }
    }

    @Test("F64: tells what is wrong with the server's certificate")
    func certificates() async throws {
        for (name, hint) in [
            ("elsewhere", "shows a certificate for another name"), ("expired", "or it has expired"),
            ("stranger", "it is not from the authorities of"),
        ] {
            try await PostgresServer.isolated(
                "ssl_cert_file=../secret/\(name).crt", "ssl_key_file=../secret/\(name).key"
            ) { server in
                var configuration = base(server)
                configuration.tls = PostgresTLS(rootCertificate: server.certificate("authority.crt"))
                let error = try failure(configuration)
                #expect(error.kind == .cannotOpen && error.message.contains(hint), "\(error)")
            }
        }
        let server = try await PostgresServer.shared
        var configuration = base(server)
        configuration.tls = PostgresTLS(rootCertificate: "/nowhere/ca.pem")
        #expect(try failure(configuration).message.contains("the authorities of '/nowhere/ca.pem' can't be read"))
        configuration.tls = PostgresTLS(mode: .verifyFull)
        #expect(try failure(configuration).message.contains("the system's authorities"))
    }

    @Test("F26, F64: tells of a server without TLS, and of one that is full")
    func withoutTLS() async throws {
        try await PostgresServer.isolated("ssl=off", "max_connections=4", "superuser_reserved_connections=3") {
            server in
            var configuration = base(server)
            configuration.tls = PostgresTLS(mode: .require)
            let refused = try failure(configuration)
            #expect(refused.message.contains("offers no TLS, and TLS mode require demands it"), "\(refused)")
            configuration.tls = PostgresTLS(mode: .disable)
            let parameters = parameters(configuration)
            try PlainConnection.holding(parameters) {
                let full = try failure(configuration)
                #expect(full.kind == .tooManyConnections && full.sqlState == "53300", "\(full)")
            }
        }
    }

    @Test("tells of a server that is down, and of something else in its place")
    func down() async throws {
        let server = try await PostgresServer.shared
        var configuration = base(server)
        let target = FaultProxy.Target.unix(path: "\(server.socketFolder)/nobody")
        let proxy = try FaultProxy(to: target)
        configuration.hosts = [PostgresHost("localhost", address: "127.0.0.1", port: proxy.port)]
        #expect(try failure(configuration).message.contains("closed the connection during the login"))
        proxy.stop()
        let error = try failure(configuration)
        #expect(error.kind == .cannotOpen && error.message.contains("(connection refused); start it"), "\(error)")
        configuration.hosts = [PostgresHost("/nowhere")]
        #expect(try failure(configuration).message.contains("no server has its unix socket in /nowhere:5432"))
    }

    @Test(
        "understands what libpq says in other states of the server",
        arguments: [
            (
                "connection to server at \"h\" (::1), port 5 failed: FATAL:  57P03: the database system is starting up\n"
                    + "LOCATION:  ProcessStartupPacket, postmaster.c:2300\n",
                "does not accept connections at present (the database system is starting up)", "57P03"
            ),
            (
                "connection to server at \"h\", port 5 failed: FATAL:  28000: no pg_hba.conf entry … SSL encryption\n"
                    + "connection to server at \"h\", port 5 failed: ФАТАЛ:  28P01: falsch\n", "refuses the password",
                "28P01"
            ),
            (
                "connection to server at \"h\" (::1), port 5 failed: received invalid response to SSL negotiation: H\n",
                "is no server of PostgreSQL", nil
            ),
            ("definition of service \"x\" not found\n", "unset it", nil),
            ("FATAL:  08P01: unsupported startup parameter: options\n", "behind a PgBouncer", "08P01"),
            ("something that contains Zeisig\n\twith more\n", "h:5432: something that contains ***", nil),
            ("", "for no reason that was given", nil), (":  :  :\n", "h:5432", nil), ("FATAL:  28P01", "h:5432", nil),
        ])
    func texts(said: String, hint: String, state: String?) {
        let configuration = PostgresConfiguration(hosts: [PostgresHost("h")], user: "app", password: "Zeisig")
        let error = LoginFailure(said, host: PostgresHost("h"), configuration: configuration).error
        #expect(error.message.contains(hint) && error.sqlState == state, "\(error)")
    }

    private func base(_ server: PostgresServer) -> PostgresConfiguration {
        PostgresConfiguration(
            hosts: [PostgresHost("localhost", address: "127.0.0.1", port: server.port)], user: "app",
            password: .fixed(PostgresSecret(PostgresServer.password)))
    }

    private func parameters(_ configuration: PostgresConfiguration) -> [(keyword: String, value: String)] {
        let host = configuration.hosts[0]
        return ConnectionParameters(
            configuration, host: host, address: host.address, password: configuration.password?.fixed,
            session: configuration.targetSession
        ).pairs
    }

    /// The error of a login that has to fail; it is one sentence without the password.
    private func failure(_ configuration: PostgresConfiguration) throws -> SQLError {
        let said = PlainConnection.refusal(parameters(configuration))
        let error = LoginFailure(try #require(said), host: configuration.hosts[0], configuration: configuration).error
        #expect(!error.message.contains("\n") && !error.message.contains("Zeisig"))
        #expect(!error.message.contains(PostgresServer.password))
        return error
    }
}
