public import PoolingCore
internal import PoolingSQL

extension PostgresConfiguration {
    /// Of the URLs that describe one.
    public static let schemes = ["postgres", "postgresql"]

    /// From a URL: `postgres://user:password@host:port/database?name=value`, also `postgresql://`.
    ///
    /// Percent escapes are decoded. Several hosts stand with commas between them, an IPv6 address stands in brackets, a
    /// unix socket's folder is `%2Fvar%2Frun%2Fpostgresql` or the option `host=/var/run/postgresql`. Without a host it is
    /// `localhost`; the user must be given.
    ///
    /// Options, named as libpq names them: `host`, `hostaddr`, `port`, `dbname`, `user`, `password`, `sslmode`,
    /// `sslrootcert`, `sslcert`, `sslkey`, `sslpassword`, `sslcrl`, `ssl_min_protocol_version`, `channel_binding`,
    /// `target_session_attrs`, `requirepeer`, `application_name`, `options`, `connect_timeout`, `tcp_user_timeout`; and
    /// `statement_timeout`, `lock_timeout`, `idle_in_transaction_session_timeout` (`250ms`, `5s`, or milliseconds), and
    /// `pooler` (`none`, `transactions`).
    /// Those that begin with `pool_` are the pool's and passed over here.
    ///
    /// - Throws: `PoolConfigurationError` that names the part at fault, and repeats nothing of what was written (F63).
    public init(url: String) throws(PoolConfigurationError) {
        try self.init(ConnectionString(url: url, schemes: Self.schemes, of: "PostgreSQL")) {
            _, _ throws(PoolConfigurationError) in false
        }
    }

    /// From libpq's other form: `host=localhost user=app password='it\'s'`. As ``init(url:)`` otherwise.
    public init(keywords: String) throws(PoolConfigurationError) {
        try self.init(ConnectionString(keywords: keywords)) { _, _ throws(PoolConfigurationError) in false }
    }

    /// - Parameter ownOption: takes what is the driver's, and returns whether it was.
    init(
        _ text: ConnectionString,
        ownOption: (_ name: String, _ value: String) throws(PoolConfigurationError) -> Bool
    ) throws(PoolConfigurationError) {
        self.init(user: text.user ?? "")
        password = text.password.map { .fixed(PostgresSecret($0)) }
        database = text.database
        var reader = OptionReader(hosts: text.hosts)
        for option in text.options where !option.name.hasPrefix("pool_") {
            if try ownOption(option.name, option.value) { continue }
            try reader.read(option, into: &self)
        }
        hosts = try reader.hosts()
        if user.isEmpty {
            throw PoolConfigurationError(
                field: "the user", value: "missing",
                rule: "must be given, as in postgres://user@host/database: it is not taken from the operating system")
        }
        try check()
    }
}
