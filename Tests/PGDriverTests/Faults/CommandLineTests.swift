import Foundation
import PGDriver
import PoolingSQL
import TestServers
import Testing

/// The built executable, as a person meets it.
@Suite("The command line", .timeLimit(.minutes(3)))
struct CommandLineTests {
    private func url(_ server: PostgresServer, password: String = PostgresServer.password, _ rest: String) -> String {
        "postgres://\(PostgresServer.user):\(password)@\(rest.replacing("PORT", with: "\(server.port)"))"
    }

    /// The single line of an attempt that can't connect.
    private func complaint(_ url: String, _ environment: [String: String] = [:]) async throws -> String {
        let complaint = try await Complaint(about: url, environment)
        #expect(complaint.isInOrder, "\(complaint)")
        #expect(!complaint.text.contains(PostgresServer.password) && !complaint.text.contains("Zeisig"))
        return complaint.text
    }

    @Test("F63: tells of a wrong password and of an unknown database in one sentence, with exit code 3")
    func refused() async throws {
        let server = try await PostgresServer.shared
        let password = try await complaint(url(server, password: "Zeisig", "127.0.0.1:PORT/app"))
        #expect(password.contains("127.0.0.1:\(server.port) refuses the password of user 'app'; correct it"))
        let database = try await complaint(url(server, "127.0.0.1:PORT/nowhere"))
        #expect(database.contains("has no database 'nowhere'; create it or correct the name"))
        let user = try await complaint("postgres://nobody:Zeisig@127.0.0.1:\(server.port)/app")
        #expect(user.contains("refuses the password of user 'nobody'"))
        let authority = try await complaint(url(server, "127.0.0.1:PORT/app?sslmode=verify-full"))
        #expect(authority.contains("shows a certificate that does not hold"))
    }

    @Test("F25, F64: tells of a server that is down, starts up, has no TLS or another one's certificate")
    func states() async throws {
        try await PostgresServer.isolated("ssl=off") { server in
            let authority = server.certificate("authority.crt")
            let plain = try await complaint(
                url(server, "localhost:PORT/app?sslmode=verify-full&sslrootcert=\(authority)"))
            #expect(plain.contains("offers no TLS, and TLS mode verify-full demands it"), "\(plain)")
            try await server.stop()
            let down = try await complaint(url(server, "127.0.0.1:PORT/app"))
            #expect(down.contains("no server accepts connections on 127.0.0.1:\(server.port)"), "\(down)")
            try server.configure(
                "ssl=on", "ssl_cert_file=../secret/elsewhere.crt", "ssl_key_file=../secret/elsewhere.key")
            try await server.starting { () async throws -> Void in
                let files = FileManager.default
                #expect(
                    try await eventually { files.fileExists(atPath: "\(server.socketFolder)/.s.PGSQL.\(server.port)") })
                let starting = try await complaint(url(server, "127.0.0.1:PORT/app?sslmode=disable"))
                #expect(
                    starting.contains("does not accept connections at present (the database system is starting up)"))
            }
            let other = try await complaint(
                url(server, "localhost:PORT/app?sslmode=verify-full&sslrootcert=\(authority)"))
            #expect(other.contains("shows a certificate for another name"), "\(other)")
        }
    }

    @Test("F23: gives a name up that is not resolved in time, however long the resolver takes")
    func slowResolver() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, library) = (
            folder.appendingPathComponent("slow.c").path, folder.appendingPathComponent("slow.so").path
        )
        // Addresses in digits are none of its business.
        try """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <netdb.h>
        #include <unistd.h>
        int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
            int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
            if (!hints || !(hints->ai_flags & AI_NUMERICHOST)) sleep(60);
            next = dlsym(RTLD_NEXT, "getaddrinfo");
            return next(node, service, hints, found);
        }
        """.write(toFile: source, atomically: true, encoding: .utf8)
        _ = try await Command("/usr/bin/env", ["clang", "-shared", "-fPIC", "-o", library, source, "-ldl"]).run()
        let began = ContinuousClock.now
        let said = try await complaint(
            "postgres://app:Zeisig@slow.invalid:5432/app?connect_timeout=1", ["LD_PRELOAD": library])
        #expect(said.contains("the name of host 'slow.invalid' was not resolved in time"), "\(said)")
        #expect(began.duration(to: .now) < .seconds(20))
    }
}
