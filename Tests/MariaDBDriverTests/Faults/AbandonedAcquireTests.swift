import MariaDBDriver
import TestServers
import Testing

@Suite("Acquires from MariaDB that are given up", .timeLimit(.minutes(2)))
struct AbandonedAcquireTests {
    @Test("F13: at any moment leave every connection idle, and nobody waiting")
    func cancelled() async throws { try await AbandonedAcquires<MariaDB>.cancelled() }

    @Test("F14: while connections are being opened leave no session on the server that the pool does not know")
    func duringConnect() async throws { try await AbandonedAcquires<MariaDB>.duringConnect() }
}
