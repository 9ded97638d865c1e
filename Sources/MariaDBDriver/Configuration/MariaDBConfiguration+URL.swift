public import PoolingCore
internal import PoolingSQL

extension MariaDBConfiguration {
    /// Of the URLs that describe one.
    public static let schemes = ["mariadb", "mysql"]

    /// From a URL: `mariadb://user:password@host:port/database?name=value`, also `mysql://`.
    ///
    /// Percent escapes are decoded. Several hosts stand with commas between them, an IPv6 address stands in brackets, a
    /// unix socket is `%2Frun%2Fmysqld%2Fmysqld.sock` or the option `socket=/run/mysqld/mysqld.sock`. Without a host it is
    /// `localhost`, by TCP; the user must be given.
    ///
    /// Options: `socket`, `sslmode` (`disable`, `require`, `verify-full`), `sslrootcert`, `sslcert`, `sslkey`,
    /// `sslpassword`, `sslcrl`, and `variable.NAME` for a system variable of the session. Those that begin with `pool_`
    /// are the pool's and passed over here.
    ///
    /// - Throws: `PoolConfigurationError` that names the part at fault, and repeats nothing of what was written (F63).
    public init(url: String) throws(PoolConfigurationError) {
        try self.init(url: url) { _, _ throws(PoolConfigurationError) in false }
    }

    static let optionNames = [
        "socket", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl",
        "target_session_attrs", "tcp_user_timeout", "variable.NAME", "statement_cache", "session_reset",
        "statement_time_limit",
        "cancel_timeout",
    ]

    /// - Parameter ownOption: takes what is the driver's, and returns whether it was.
    init(
        url: String,
        ownOption: (_ name: String, _ value: String) throws(PoolConfigurationError) -> Bool
    ) throws(PoolConfigurationError) {
        let text = try ConnectionString(url: url, schemes: Self.schemes, of: "MariaDB")
        self.init(user: text.user ?? "")
        password = text.password.map { .fixed(SQLSecret($0)) }
        database = text.database
        hosts = []
        for (index, host) in text.hosts.enumerated() {
            let name = host.name.isEmpty ? "localhost" : host.name
            hosts.append(MariaDBHost(name, port: try Self.port(host.port ?? "", index + 1)))
        }
        var known: Set<String> = []
        for option in text.options where !option.name.hasPrefix("pool_") {
            guard known.insert(option.name).inserted else {
                throw ConnectionString.mistake(option.place, "given twice", "must be given once")
            }
            if try ownOption(option.name, option.value) { continue }
            try read(option)
        }
        if hosts.isEmpty { hosts = [MariaDBHost("localhost")] }
        if user.isEmpty {
            throw PoolConfigurationError(
                field: "the user", value: "missing",
                rule: "must be given, as in mariadb://user@host/database: it is not taken from the operating system")
        }
        try check()
    }

    private mutating func read(_ option: ConnectionString.Option) throws(PoolConfigurationError) {
        let value = option.value
        switch option.name {
        case "socket":
            guard hosts.isEmpty, value.hasPrefix("/") else {
                throw ConnectionString.mistake(
                    "socket", hosts.isEmpty ? "no path" : "given beside a host", "must be a path, without a host")
            }
            hosts = [MariaDBHost(value)]
        case "sslmode": tls.mode = try ConnectionString.choice("sslmode", value) as MariaDBTLS.Mode
        case "sslrootcert": tls.rootCertificate = value == "system" ? nil : value
        case "sslcrl": tls.revocationList = value
        case "sslcert": change { $0.certificate = value }
        case "sslkey": change { $0.key = value }
        case "sslpassword": change { $0.keyPassword = SQLSecret(value) }
        case "target_session_attrs": targetSession = try ConnectionString.choice(option.name, value)
        case "tcp_user_timeout": tcpUserTimeout = try ConnectionString.duration(option.name, value)
        case let name where name.hasPrefix("variable."): variables[String(name.dropFirst(9))] = value
        default:
            throw ConnectionString.mistake(
                option.place, "not known",
                "MariaDB's options here are \(Self.optionNames.joined(separator: ", ")) and pool_…")
        }
    }

    private mutating func change(_ change: (inout MariaDBTLS.ClientCertificate) -> Void) {
        var certificate = tls.clientCertificate ?? .init(certificate: "", key: "")
        change(&certificate)
        tls.clientCertificate = certificate
    }

    private static func port(_ text: String, _ number: Int) throws(PoolConfigurationError) -> Int {
        if text.isEmpty { return 3306 }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), (1...65535).contains(port) else {
            throw ConnectionString.mistake(
                "the port of the \(ConnectionString.ordinal(number)) host", "no such number",
                "must be from 1 to 65535; characters such as : / @ ? in a password must be escaped, as in %3A")
        }
        return port
    }
}
