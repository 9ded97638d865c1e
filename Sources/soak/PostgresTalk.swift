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

    /// What came is no answer, to whomever.
    struct Nonsense: Error, CustomStringConvertible {
        var description: String
    }

    func ask(_ question: CrossTalkQuestion, through handle: PGHandle) async throws -> String {
        let handle = question.deadline.map { handle.until($0) } ?? handle
        switch question.way % 32 {
        case 0, 1: return try await streamed(question, handle)
        case 2: return try await handle.transaction { try await asked(question, $0) }
        case 3: return try await batched(question, handle)
        default: return try await asked(question, handle)
        }
    }

    private func asked(_ question: CrossTalkQuestion, _ handle: PGHandle) async throws -> String {
        let seconds = question.work / .seconds(1)
        let rows =
            seconds == 0
            ? try await handle.query("SELECT \(question.nonce)::text, repeat('x', \(question.padding)::int)")
            : try await handle.query(
                "SELECT \(question.nonce)::text, repeat('x', \(question.padding)::int) FROM pg_sleep(\(seconds))")
        guard rows.count == 1, try rows[0].decode(1, as: String.self).utf8.count == question.padding else {
            throw Nonsense(description: "\(rows.count) rows, or a padding of another length")
        }
        return try rows[0].decode(0, as: String.self)
    }

    /// As many rows as fit, each with the nonce; some streams are left before their end.
    private func streamed(_ question: CrossTalkQuestion, _ handle: PGHandle) async throws -> String {
        let count = question.padding / 20 + 1
        let end = question.way % 3 == 0 ? count / 2 + 1 : count
        var next = 1
        for try await row in try await handle.stream(
            "SELECT \(question.nonce)::text, x FROM generate_series(1, \(count)::int) x")
        {
            let (nonce, number) = try row.decode((String, Int).self)
            if nonce != question.nonce { return nonce }
            guard number == next else { throw Nonsense(description: "row \(number) in place of \(next)") }
            if next == end { return nonce }
            next += 1
        }
        throw Nonsense(description: "a stream of \(next - 1) rows in place of \(count)")
    }

    /// Statements that are sent together, and then what the last of them has left behind.
    private func batched(_ question: CrossTalkQuestion, _ handle: PGHandle) async throws -> String {
        try await handle.transaction { handle in
            let queries = (0..<3).map {
                SQLQuery("SELECT set_config('talk.nonce', \("\(question.nonce).\($0)"), true)")
            }
            let results = try await handle.batch(queries)
            guard results.count == 3 else { throw Nonsense(description: "\(results.count) results of 3 statements") }
            let rows = try await handle.query("SELECT current_setting('talk.nonce')")
            let last = try rows.first?.decode(0, as: String.self) ?? ""
            return last == "\(question.nonce).2" ? question.nonce : last
        }
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
