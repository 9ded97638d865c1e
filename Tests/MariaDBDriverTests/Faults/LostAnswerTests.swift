import MariaDBDriver
import TestServers
import Testing

@Suite("A statement whose answer from MariaDB is lost", .timeLimit(.minutes(2)))
struct LostAnswerTests {
    @Test("F18: has been executed once, its error says that it may have been, and nobody sends it again")
    func executed() async throws { try await LostAnswers<MariaDB>.executed() }

    @Test("F18: or part of which is lost, has been executed once or not at all, wherever the line is cut")
    func cut() async throws { try await LostAnswers<MariaDB>.cut() }
}
