internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit

/// A database of SQL, as ``CrossTalk`` asks it.
struct SQLTalk<Driver: SoakDatabase>: CrossTalkSubject {
    /// What the pool's sessions are called, so that they can be told from others.
    let name: String
    /// Past the line that slices.
    private let observer: Pool<Driver>
    /// Sessions that were there before the pool's.
    private let strangers: Set<String>

    /// What came is no answer, to whomever.
    struct Nonsense: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter observer: has a single connection, so that it is not among the sessions that it sees.
    init(name: String, observer: Pool<Driver>) async throws {
        self.name = name
        self.observer = observer
        for query in Driver.setUp(name) { try await observer.execute(query) }
        strangers = Set(try await Self.texts(Driver.sessions(of: name), observer))
    }

    func end() async throws {
        for query in Driver.tearDown(name) { try await observer.execute(query) }
    }

    func ask(_ question: CrossTalkQuestion, through handle: Driver.Handle) async throws -> String {
        let borrowed = handle
        let handle = question.deadline.map { handle.until($0) } ?? handle
        switch question.way % 32 {
        case 0, 1: return try await streamed(question, handle)
        case 2: return try await handle.transaction { try await asked(question, $0) }
        case 3: return try await batched(question, handle)
        case 4, 5: return try await asked(question, handle, severalResults: true)
        case 6:
            try await stopped(borrowed)
            return try await asked(question, handle)
        default: return try await asked(question, handle)
        }
    }

    private func asked(
        _ question: CrossTalkQuestion, _ handle: Driver.Handle, severalResults: Bool = false
    ) async throws -> String {
        let several =
            severalResults
            ? Driver.severalResults(question.nonce, padding: question.padding, after: question.work, of: name) : nil
        let rows = try await handle.query(
            several ?? Driver.answer(question.nonce, padding: question.padding, after: question.work))
        guard rows.count == 1, try rows[0].decode(1, as: String.self).utf8.count == question.padding else {
            throw Nonsense(description: "\(rows.count) rows, or a padding of another length")
        }
        return try rows[0].decode(0, as: String.self)
    }

    /// As many rows as fit, each with the nonce; some streams are left before their end.
    private func streamed(_ question: CrossTalkQuestion, _ handle: Driver.Handle) async throws -> String {
        let count = question.padding / 20 + 1
        let end = question.way % 3 == 0 ? count / 2 + 1 : count
        var next = 1
        for try await row in try await handle.stream(Driver.series(question.nonce, count)) {
            let (nonce, number) = try row.decode((String, Int).self)
            if nonce != question.nonce { return nonce }
            guard number == next else { throw Nonsense(description: "row \(number) in place of \(next)") }
            if next == end { return nonce }
            next += 1
        }
        throw Nonsense(description: "a stream of \(next - 1) rows in place of \(count)")
    }

    /// Statements that are sent together, and then what the last of them has left behind.
    private func batched(_ question: CrossTalkQuestion, _ handle: Driver.Handle) async throws -> String {
        try await handle.transaction { handle in
            let results = try await handle.batch((0..<3).map { Driver.remember("\(question.nonce).\($0)") })
            guard results.count == 3 else { throw Nonsense(description: "\(results.count) results of 3 statements") }
            let last = try await Self.text(Driver.remembered, handle)
            return last == "\(question.nonce).2" ? question.nonce : last
        }
    }

    /// Somebody else has the server stop what runs here, about when it ends by itself. To the end, whatever becomes of the
    /// borrower: a request that is on its way would hit the next one, and rightly so.
    private func stopped(_ handle: Driver.Handle) async throws {
        try await Task { [observer] in
            let session = try await Self.text(Driver.session, handle)
            let request = Task { try await observer.execute(Driver.stop(session)) }
            let outcome = await Self.outcome {
                try await Self.text(Driver.answer("", padding: 0, after: .milliseconds(3)), handle)
            }
            _ = try await request.value
            // It meets one that was not over when it came, or this one.
            let next = await Self.outcome { try await Self.text(Driver.answer("", padding: 0, after: .zero), handle) }
            for case .failure(let error as SQLError) in [outcome, next] where error.kind != .interrupted { throw error }
        }.value
    }

    private static func outcome<R>(_ body: () async throws -> R) async -> Result<R, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    func ending(of error: any Error) -> CrossTalkEnding? {
        guard let error = error as? SQLError else { return nil }
        switch error.kind {
        case .interrupted: return .stopped
        case .mayHaveExecuted where Driver.isStoppedMidway(error): return .stopped
        // By its words: a connection that was lost for another reason is of the same kind, and has no business here.
        case .mayHaveExecuted where error.message.contains("did not confirm in time"): return .uncertain
        default: return nil
        }
    }

    func session(of handle: Driver.Handle) async throws -> String { try await Self.text(Driver.session, handle) }

    func sessions() async throws -> [String] {
        try await Self.texts(Driver.sessions(of: name), observer).filter { !strangers.contains($0) }
    }

    /// The first cell; empty if there is none.
    private static func text(_ query: SQLQuery, _ handle: Driver.Handle) async throws -> String {
        try await handle.query(query).first.map { try $0.decode(0, as: String.self) } ?? ""
    }

    private static func texts(_ query: SQLQuery, _ pool: Pool<Driver>) async throws -> [String] {
        try await pool.query(query).map { try $0.decode(0, as: String.self) }
    }
}
