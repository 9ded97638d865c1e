import TestServers
import Testing

/// What `make soak` does at length, in short.
@Suite("Borrowers of MariaDB by the dozen", .timeLimit(.minutes(5)))
struct CrossTalkTests {
    private func soak(_ arguments: String...) async throws -> String {
        let server = try MariaDBServer.shared
        let place =
            "\(MariaDBServer.user):\(MariaDBServer.password)@127.0.0.1:\(server.port)/\(MariaDBServer.database)"
        let url = "mariadb://\(place)?sslmode=disable"
        return try await Command(Products.path(of: "soak"), arguments + ["--url", url]).run()
    }

    @Test("F11, F12: none is told what another one asked for, on a line that slices, whenever they are stopped")
    func crossTalk() async throws {
        // It fails for a foreign answer, and for a connection that pool and server do not agree about.
        let told = try await soak("cross-talk", "--count", "8000")
        #expect(told.contains("8000 asked") && told.contains("; 0 faults"), "\(told)")
        // Else nothing was tried.
        #expect(!told.contains(", 0 cancelled") && !told.contains(", 0 stopped"), "\(told)")
    }

    @Test("a million rows are streamed in bounded memory, and a hundred connections cost no thread each")
    func memory() async throws {
        let told = try await soak("memory", "--rows", "1000000", "--connections", "100")
        #expect(told.contains("1000000 rows streamed"), "\(told)")
    }
}
