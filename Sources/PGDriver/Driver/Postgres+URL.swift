public import PoolingCore
internal import PoolingSQL

extension Postgres: URLDriver {
    /// A driver from a URL: `postgres://user:password@host:port/database?sslmode=verify-full`.
    ///
    /// See ``PostgresConfiguration/init(url:)`` for its parts and options. The driver itself has `statement_cache` (a
    /// number), `session_reset` (`tracked`, `always`, `never`), `statement_time_limit` and `cancel_timeout` (`250ms`,
    /// `5s`).
    ///
    /// - Throws: `PoolConfigurationError` that names the part at fault and repeats nothing of what was written (F63).
    public init(url: String) throws(PoolConfigurationError) {
        var own = Postgres(PostgresConfiguration(user: ""))
        let configuration = try PostgresConfiguration(
            ConnectionString(url: url, schemes: PostgresConfiguration.schemes, of: "PostgreSQL")
        ) {
            name, value throws(PoolConfigurationError) in try own.set(name, to: value)
        }
        own.configuration = configuration
        self = own
    }

    /// ``init(url:)``, with a password that is asked for at each connect, and may be another then (F67).
    /// - Throws: as there; also if the URL has a password, too.
    public init(url: String, password: PasswordProvider?) throws(PoolConfigurationError) {
        try self.init(url: url)
        guard let password else { return }
        if configuration.password != nil {
            throw ConnectionString.mistake(
                "the password", "given twice", "must stand in the URL or beside it, not both")
        }
        configuration.password = .provider(password)
    }

    /// - Returns: false if it is no option of the driver's.
    private mutating func set(_ name: String, to value: String) throws(PoolConfigurationError) -> Bool {
        switch name {
        case "statement_cache":
            guard let capacity = Int32(value), capacity >= 0 else {
                throw ConnectionString.mistake(name, "no number", "must be 0 or more; 0 prepares no statements")
            }
            statementCacheCapacity = Int(capacity)
        case "session_reset": sessionReset = try ConnectionString.choice(name, value)
        case "statement_time_limit": statementTimeLimit = try ConnectionString.duration(name, value)
        case "cancel_timeout": cancelTimeout = try ConnectionString.duration(name, value)
        default: return false
        }
        return true
    }
}
