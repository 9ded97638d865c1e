internal import PGDriver
internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit

/// PostgreSQL, as ``CrossTalk`` asks it.
struct PostgresTalk: CrossTalkSubject {
    typealias Driver = Postgres

    /// What the pool's sessions are called, so that they can be told from others.
    let name: String
    /// Past the line that slices.
    let observer: Pool<Postgres>

    struct WrongPadding: Error {}

    func ask(_ question: CrossTalkQuestion, through handle: PGHandle) async throws -> String {
        let handle = question.deadline.map { handle.until($0) } ?? handle
        let seconds = question.work / .seconds(1)
        let rows =
            seconds == 0
            ? try await handle.query("SELECT \(question.nonce)::text, repeat('x', \(question.padding)::int)")
            : try await handle.query(
                "SELECT \(question.nonce)::text, repeat('x', \(question.padding)::int) FROM pg_sleep(\(seconds))")
        guard let row = rows.first, try row.decode(1, as: String.self).utf8.count == question.padding else {
            throw WrongPadding()
        }
        return try row.decode(0, as: String.self)
    }

    func ending(of error: any Error) -> CrossTalkEnding? {
        switch (error as? SQLError)?.kind {
        case .interrupted?: .stopped
        case .mayHaveExecuted?: .uncertain
        default: nil
        }
    }

    func session(of handle: PGHandle) async throws -> String {
        let rows = try await handle.query("SELECT pg_backend_pid()::text")
        return try rows.first?.decode(0, as: String.self) ?? ""
    }

    func sessions() async throws -> [String] {
        let rows = try await observer.query("SELECT pid::text FROM pg_stat_activity WHERE application_name = \(name)")
        return try rows.map { try $0.decode(0, as: String.self) }
    }
}
