import CLibPQ
import Foundation
import TestServers
import Testing

@Suite("The servers that tests start", .timeLimit(.minutes(5))) struct PostgresServerTests {
    @Test("speak over TLS with a verified name, as a user who needs a password")
    func loopback() async throws {
        let server = try await PostgresServer.shared
        let place = "hostaddr=127.0.0.1 port=\(server.port) user=app dbname=app password=\(PostgresServer.password)"
        let verified = "\(place) host=localhost sslmode=verify-full sslrootcert=\(server.certificate("authority.crt"))"
        #expect(PlainConnection.answer(to: "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", verified) == "t")
        let unverified =
            "\(place) host=elsewhere sslmode=verify-full sslrootcert=\(server.certificate("authority.crt"))"
        #expect(PlainConnection.answer(to: "SELECT 1", unverified).contains("does not match host name"))
        let wrong = place.replacingOccurrences(of: PostgresServer.password, with: "wrong")
        #expect(PlainConnection.answer(to: "SELECT 1", wrong).contains("password authentication failed"))
    }

    @Test("know a certificate as a password, and a user who may only come encrypted")
    func access() async throws {
        let server = try await PostgresServer.shared
        let place = "host=localhost hostaddr=127.0.0.1 port=\(server.port) dbname=app"
        let certified =
            "\(place) user=certified sslcert=\(server.certificate("client.crt")) sslkey=\(server.certificate("client.key"))"
        #expect(PlainConnection.answer(to: "SELECT current_user", certified) == "certified")
        let plain = "\(place) user=tls_only sslmode=disable password=\(PostgresServer.password)"
        #expect(PlainConnection.answer(to: "SELECT 1", plain).contains("no encryption"))
    }

    @Test("are private with settings of their own where a test asks for one, and are gone afterwards")
    func isolated() async throws {
        let home = try await PostgresServer.isolated("max_connections=8") { server in
            #expect(try await server.psql("SHOW max_connections") == ["8"])
            #expect(try await server.psql("SELECT current_user || 1", as: "app") == ["app1"])
            let shared = try await PostgresServer.shared
            #expect(server.port != shared.port)
            return server.home
        }
        #expect(!FileManager.default.fileExists(atPath: home))
    }

    @Test("come back on their port after being ended abruptly, with what they are configured to then")
    func restart() async throws {
        try await PostgresServer.isolated { server in
            let first = try server.postmaster
            try server.configure("work_mem=5MB")
            try await server.restart(.immediate)
            let second = try server.postmaster
            #expect(second != first)
            #expect(try await server.psql("SHOW work_mem") == ["5MB"])
        }
    }

    @Test("can be frozen and thawed, and are removed even when they are frozen")
    func frozen() async throws {
        try await PostgresServer.isolated { server in
            try server.signalPostmaster(SIGSTOP)
            let postmaster = try server.postmaster
            #expect(try await eventually { try Self.state(of: postmaster) == "T" })
            try server.signalPostmaster(SIGCONT)
            #expect(try await server.psql("SELECT 1") == ["1"])
            try server.signalPostmaster(SIGSTOP)
        }
    }

    @Test("are ended and removed with the process that holds the other end of a pipe, frozen ones, too")
    func guarded() async throws {
        // The template of the shared one, below a root of its own.
        let template = try await PostgresServer.shared.root.folder + "/template"
        let root = String(cString: try #require(mkdtemp(strdup("/tmp/pooling-pg-XXXXXX"))))
        _ = try await Command("/bin/sh", ["-c", "chmod 755 \(root) && cp -a \(template) \(root)"]).run()
        let servers = try PostgresServer.root.get()
        try await servers.run("create", root, "guarded")
        let pid = try String(contentsOfFile: "\(root)/guarded/data/postmaster.pid", encoding: .utf8).prefix {
            $0 != "\n"
        }
        let postmaster = try #require(pid_t(pid))
        let leash = Pipe()
        let guardian = try servers.guardian(of: root, leash: leash)
        try PostgresServer.signal(SIGSTOP, postmaster)
        #expect(kill(postmaster, 0) == 0 && guardian.isRunning)
        // What the system does for a process that is killed.
        try leash.fileHandleForWriting.close()
        #expect(try await eventually { !FileManager.default.fileExists(atPath: root) })
        #expect(kill(postmaster, 0) == -1)
    }

    /// T: stopped by a signal.
    private static func state(of process: pid_t) throws -> String {
        let status = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return String(status.split(separator: ")").last?.dropFirst().prefix(1) ?? "")
    }
}
