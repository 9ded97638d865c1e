import MariaDBDriver
import PoolingSQL
import TestServers
import Testing

/// The built executable, as a person meets it.
@Suite("The command line with MariaDB", .timeLimit(.minutes(3)))
struct CommandLineTests {
    private func url(_ server: MariaDBServer, password: String = MariaDBServer.password, _ rest: String) -> String {
        "mariadb://\(MariaDBServer.user):\(password)@\(rest.replacing("PORT", with: "\(server.port)"))"
    }

    /// The single line of an attempt that can't connect, or whose URL makes no sense.
    private func complaint(
        _ url: String, status: Int32 = 3, _ environment: [String: String] = [:]
    ) async throws -> String {
        let complaint = try await Complaint(about: url, environment)
        #expect(complaint.status == status && !complaint.text.isEmpty, "\(complaint)")
        if status == 3 { #expect(complaint.isInOrder, "\(complaint)") }
        #expect(!complaint.text.contains(MariaDBServer.password) && !complaint.text.contains("Zeisig"))
        return complaint.text
    }

    @Test("F63: tells of a wrong password, user, database, host and port in one sentence, with exit code 3")
    func refused() async throws {
        let server = try MariaDBServer.shared
        for (url, sentence) in [
            (
                url(server, password: "Zeisig", "127.0.0.1:PORT/app"),
                "127.0.0.1:\(server.port) refuses user 'app' or the password; correct them"
            ),
            ("mariadb://nobody:Zeisig@127.0.0.1:\(server.port)/app", "refuses user 'nobody' or the password"),
            (
                url(server, "127.0.0.1:PORT/nowhere"),
                "into database 'nowhere'; grant the right to it, or correct the name"
            ),
            (url(server, "127.0.0.1:1/app"), "no server accepts connections on 127.0.0.1:1"),
            (url(server, "no-such-host.invalid:PORT/app"), "'no-such-host.invalid' can't be resolved"),
            ("mariadb://app:Zeisig@/app?socket=/nowhere", "no server has its unix socket at /nowhere"),
            ("mariadb://tls_only:\(MariaDBServer.password)@127.0.0.1:\(server.port)/app", "refuses user 'tls_only'"),
            (
                "mariadb://\(MariaDBServer.superuser):\(MariaDBServer.superuserPassword)@127.0.0.1:\(server.port)/nowhere",
                "has no database 'nowhere'; create it or correct the name"
            ),
            (url(server, "127.0.0.1:PORT/app?variable.no_such_variable=1"), "no_such_variable"),
        ] {
            let said = try await complaint(url)
            #expect(said.contains(sentence), "\(said)")
            #expect(!said.contains(MariaDBServer.superuserPassword))
        }
    }

    @Test("F63: tells of a URL that makes no sense by the part at fault, with exit code 2")
    func senseless() async throws {
        for (url, sentence) in [
            ("mariadb://app:Zeisig@h/app?nonsense=1", "the URL's 1st option is not known"),
            ("mariadb://app:Zeisig@h/app?sslpassword=Zeisig&sslmode=maybe", "sslmode is none of its values"),
            ("mariadb://app:Zeisig@h:many/app", "the port of the 1st host"),
            ("mariadb://app:a/Zeisig@h/app", "characters such as : / @ ? in a password must be escaped"),
            ("mariadb://app:Zeisig%zz@h/app", "the URL's password"),
            ("mariadb://h/app", "the user"),
            ("mariadb://app:Zeisig@h/app?sslmode=disable&sslrootcert=/ca.pem", "certificates without TLS"),
        ] {
            let said = try await complaint(url, status: 2)
            #expect(said.contains(sentence), "\(said)")
        }
    }

    @Test("F64: tells of a certificate that does not hold, whatever the environment says")
    func certificates() async throws {
        let server = try MariaDBServer.shared
        let environment = ["MARIADB_TLS_DISABLE_PEER_VERIFICATION": "1"]
        for rest in [
            "127.0.0.1:PORT/app?sslmode=verify-full",
            "127.0.0.1:PORT/app?sslmode=verify-full&sslrootcert=\(server.certificate("stranger.crt"))",
            "127.1:PORT/app",
        ] {
            let said = try await complaint(url(server, rest), environment)
            #expect(said.contains("shows a certificate that does not hold"), "\(said)")
        }
        let missing = try await complaint(url(server, "127.0.0.1:PORT/app?sslmode=verify-full&sslrootcert=/nowhere"))
        #expect(missing.contains("/nowhere"), "\(missing)")
    }

    @Test("F25, F64: tells of a server that is down, and of one without TLS or with another's certificate")
    func states() async throws {
        try await MariaDBServer.isolated("skip-ssl") { server in
            let authority = server.certificate("authority.crt")
            let plain = try await complaint(
                url(server, "localhost:PORT/app?sslmode=verify-full&sslrootcert=\(authority)"))
            #expect(plain.contains("offers no TLS, and TLS mode verify-full demands it"), "\(plain)")
            try await server.stop()
            let down = try await complaint(url(server, "127.0.0.1:PORT/app"))
            #expect(down.contains("no server accepts connections on 127.0.0.1:\(server.port)"), "\(down)")
        }
        try await MariaDBServer.isolated("ssl-cert=../secret/elsewhere.crt", "ssl-key=../secret/elsewhere.key") {
            server in
            let authority = server.certificate("authority.crt")
            let other = try await complaint(
                url(server, "localhost:PORT/app?sslmode=verify-full&sslrootcert=\(authority)"))
            #expect(other.contains("shows a certificate that does not hold"), "\(other)")
        }
    }
}
