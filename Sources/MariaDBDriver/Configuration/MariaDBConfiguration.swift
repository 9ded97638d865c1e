public import PoolingSQL

/// Where the servers are, who connects, and how a session begins.
///
/// It is the whole truth: no option file is read, and nothing is taken from the environment (F35).
public struct MariaDBConfiguration: Sendable {
    /// Tried in this order.
    public var hosts: [MariaDBHost]
    public var user: String
    /// Asked for at each connect. nil: none.
    public var password: SQLPassword?
    /// nil: none is chosen.
    public var database: String?
    public var tls: MariaDBTLS
    /// System variables of the session, which a reset of it goes back to: `["sql_mode": "STRICT_ALL_TABLES"]`. `time_zone`
    /// is `+00:00` unless it says otherwise; whatever it is, a date with a time is taken to be UTC.
    public var variables: [String: String]
    /// What kind of server will do; the next host is tried instead of one of another kind. `readWrite` is what keeps a pool
    /// away from a writer that has become a replica (F27).
    public var targetSession: MariaDBTargetSession
    /// How long sent bytes may stay unacknowledged before the system gives the connection up (F16); zero: the system's own
    /// time, many minutes. Whole milliseconds, on Linux only. No deadline relies on it.
    public var tcpUserTimeout: Duration

    public init(
        hosts: [MariaDBHost] = [MariaDBHost("localhost")],
        user: String,
        password: SQLPassword? = nil,
        database: String? = nil,
        tls: MariaDBTLS = MariaDBTLS(),
        variables: [String: String] = [:],
        targetSession: MariaDBTargetSession = .any,
        tcpUserTimeout: Duration = .seconds(30)
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
        self.variables = variables
        self.targetSession = targetSession
        self.tcpUserTimeout = tcpUserTimeout
    }
}

extension MariaDBConfiguration: CustomStringConvertible, CustomReflectable {
    /// Whom and where, without a secret.
    public var description: String {
        "mariadb://\(user)@\(hosts.map(\.description).joined(separator: ","))/\(database ?? "")"
    }
    public var customMirror: Mirror { Mirror(self, children: ["place": description]) }
}
