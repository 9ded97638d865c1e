public import PoolingCore

/// Redis servers as the backend of a pool, from version 6.2 on, spoken to in RESP 3 and without encryption.
///
///     let pool = try Pool(Redis(url: "redis://:secret@127.0.0.1:6379/0"))
///     let colour = try await pool.withConnection { try await $0.get("colour") }
public struct Redis: Sendable {
    /// Where the server is.
    public enum Place: Sendable, Hashable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        public var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }
    }

    public var place: Place
    /// nil: the server's `default` user.
    public var user: String?
    public var password: RedisPassword?
    public var database: Int
    /// The resolution of the name, all addresses and the login together.
    public var connectTimeout: Duration = .seconds(10)
    /// One command, or one pipeline, by the client's own clock. ``RedisHandle/until(_:)`` sets the end of a single one.
    public var commandTimeout: Duration = .seconds(30)
    /// The most bytes that one reply may have. A longer one costs the connection.
    public var replyLimit = 64 << 20
    /// The most values that one reply may consist of, those inside of others counted.
    public var valueLimit = 1 << 20

    public init(_ place: Place, user: String? = nil, password: RedisPassword? = nil, database: Int = 0) {
        (self.place, self.user, self.password, self.database) = (place, user, password, database)
    }
}

extension Redis: PoolDriver {
    public func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        func demand(_ condition: Bool, _ field: String, _ value: String, _ rule: String) throws(PoolConfigurationError)
        {
            if !condition { throw PoolConfigurationError(field: field, value: value, rule: rule) }
        }
        try demand(database >= 0, "database", "\(database)", "must be at least 0")
        try demand(replyLimit >= 1024, "replyLimit", "\(replyLimit)", "must be at least 1024 bytes")
        try demand(valueLimit >= 64, "valueLimit", "\(valueLimit)", "must be at least 64")
        try demand(connectTimeout > .zero, "connectTimeout", "\(connectTimeout)", "must be longer than nothing")
        try demand(commandTimeout > .zero, "commandTimeout", "\(commandTimeout)", "must be longer than nothing")
        try demand(user == nil || password != nil, "user", "given", "needs a password")
    }

    /// Throws ``RedisError`` of kind `.cannotConnect`, with the place and the reason, or one of those of a command.
    public func connect() async throws -> RedisConnection { try await RedisConnection.open(self) }

    /// A round trip.
    public func validate(_ connection: RedisConnection) async throws {
        let reply = try await connection.exchange([["PING"]], until: .now + commandTimeout)
        if case .error(let error)? = reply.first { throw error }
    }

    public func close(
        _ connection: RedisConnection, reason: CloseReason, deadline: ContinuousClock.Instant
    ) async {
        await connection.close()
    }

    public func lend(_ connection: RedisConnection, loan: LoanID) -> RedisHandle {
        connection.lend(loan)
        return RedisHandle(connection: connection, loan: loan)
    }

    public func reclaim(_ connection: RedisConnection, loan: LoanID) { connection.reclaim() }

    /// `.dirty` after `MULTI`, `WATCH`, `SELECT`, `SUBSCRIBE` and the like, until they are undone; `.broken` with an answer
    /// outstanding, or if the server has hung up.
    public func condition(of connection: RedisConnection) -> ConnectionCondition { connection.condition }

    public func reset(_ connection: RedisConnection) async throws { try await connection.reset() }

    /// A server that loads its data has been restarted, and one that is read-only was demoted: the other connections lead
    /// there, too (F25, F27).
    public func verdict(on error: any Error) -> ErrorVerdict {
        guard let error = error as? RedisError else { return .keep }
        switch (error.kind, error.code) {
        case (.refusedByServer, "LOADING"), (.refusedByServer, "READONLY"): return .discardAll
        case (.refusedByServer, "MASTERDOWN"), (.refusedByServer, "NOAUTH"): return .discard
        case (.connectionLost, _), (.timedOut, _), (.badReply, _): return .discard
        default: return .keep
        }
    }

    public var requiredHooks: DriverHooks { [.lend, .condition, .reset, .verdict] }
}
