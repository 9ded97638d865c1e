import PoolingCore

/// A borrower's view of a connection, for the time of one loan.
///
/// After it, and when two tasks use it at once, every call throws a `PoolError` and touches nothing (F51).
public struct RedisHandle: Sendable {
    let connection: RedisConnection
    let loan: LoanID
    private var deadline: ContinuousClock.Instant?

    init(connection: RedisConnection, loan: LoanID) { (self.connection, self.loan) = (connection, loan) }

    /// The same loan, whose commands have until `deadline` instead of ``Redis/commandTimeout``: for those that wait, as
    /// `BLPOP` does.
    public func until(_ deadline: ContinuousClock.Instant) -> RedisHandle {
        var handle = self
        handle.deadline = deadline
        return handle
    }

    /// One command.
    /// - Throws: what the server answers with, if that is an error; ``pipeline(_:)``'s errors.
    @discardableResult
    public func send(_ words: String...) async throws -> RESPValue { try await send(RedisCommand(words)) }

    @discardableResult
    public func send(_ command: RedisCommand) async throws -> RESPValue {
        let reply = try await pipeline([command]).first ?? .null
        if case .error(let error) = reply { throw error }
        return reply
    }

    /// Several commands in one round trip, each answered for itself: a command that fails has `.error` in its place, and
    /// the others are carried out. A transaction is a pipeline from `MULTI` to `EXEC`.
    ///
    /// - Throws: ``RedisError`` if there is no answer, or none that can be used; `CancellationError`, after which what had
    ///   been sent may have been executed; `PoolError` if the loan is over. The connection is given up, except after the
    ///   last, and where nothing was sent.
    public func pipeline(_ commands: [RedisCommand]) async throws -> [RESPValue] {
        for command in commands {
            if case .isRefused(let why) = command.effect { throw RedisError(.misuse, why) }
        }
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        return try await connection.exchange(commands, until: deadline ?? .now + connection.settings.commandTimeout)
    }

    /// nil: there is no such key. What is not UTF-8 has to be asked for by ``send(_:)-(RedisCommand)``.
    public func get(_ key: String) async throws -> String? { try await send("GET", key).text }

    public func set(_ key: String, _ value: String) async throws { try await send("SET", key, value) }

    public func ping() async throws { try await send("PING") }

    /// As the server has told when the connection began: no round trip.
    public func serverVersion() throws -> String {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        return connection.serverVersion
    }
}
