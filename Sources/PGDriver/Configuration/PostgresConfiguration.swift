/// Where the servers are, who connects, and how a session begins.
///
/// It is the whole truth: nothing of it is taken from `PG…` variables, `~/.pgpass`, `~/.postgresql` or service files
/// (F35). Encryption by Kerberos is off. A server that asks for an authentication by GSSAPI is still answered, by a libpq
/// that can, with the Kerberos ticket of the operating system's user. Three variables reach a session all the same, because libpq gives no way to keep them out:
/// `PGTZ`, `PGDATESTYLE` and `PGGEQO`; `parameters` do not override them, `onConnect` does. libpq refuses to connect at
/// all while `PGSERVICE` names a service that it can't find.
public struct PostgresConfiguration: Sendable {
    /// Tried in this order.
    public var hosts: [PostgresHost]
    public var user: String
    /// Asked for at each connect. nil: none, for a server that trusts, or knows a certificate.
    public var password: PostgresPassword?
    /// nil: the one that is called as the user is.
    public var database: String?
    public var tls: PostgresTLS
    /// Whether an authentication with SCRAM is bound to the TLS channel, so that nobody can stand in between.
    public var channelBinding: ChannelBinding
    public var targetSession: PostgresTargetSession
    /// `.transactions` behind a PgBouncer that pools transactions: then no state of a session is used.
    public var pooler: PostgresPooler
    /// The operating system's user that a server behind a unix socket must run as. nil: anybody.
    public var requiredPeer: String?
    /// What `pg_stat_activity` and the server's log call its sessions.
    public var applicationName: String
    /// Settings of the session, which a reset of it goes back to: `["search_path": "app"]`. They are sent as `options` of
    /// the login, which a PgBouncer refuses.
    public var parameters: [String: String]
    /// How long the server lets one statement run. nil: as the server has it; zero: without end. Whole milliseconds.
    public var statementTimeout: Duration?
    /// How long it lets a statement wait for a lock. As above.
    public var lockTimeout: Duration?
    /// How long it lets a session do nothing inside of a transaction. As above.
    public var idleInTransactionTimeout: Duration?
    /// For a whole connect: every host and address has its share of it. nil: the driver's ``Postgres/connectTimeLimit``,
    /// which does not count otherwise. Must not be longer than the pool's `connectTimeout`.
    public var connectTimeout: Duration?
    /// How long sent bytes may stay unacknowledged before the system gives the connection up (F16); zero: the system's own
    /// time, many minutes. Whole milliseconds. No deadline relies on it.
    public var tcpUserTimeout: Duration

    public enum ChannelBinding: String, Sendable, Hashable, CaseIterable {
        case disable, prefer, require
    }

    public init(
        hosts: [PostgresHost] = [PostgresHost("localhost")],
        user: String,
        password: PostgresPassword? = nil,
        database: String? = nil,
        tls: PostgresTLS = PostgresTLS(),
        channelBinding: ChannelBinding = .prefer,
        targetSession: PostgresTargetSession = .any,
        pooler: PostgresPooler = .none,
        requiredPeer: String? = nil,
        applicationName: String = "swift-pooling",
        parameters: [String: String] = [:],
        statementTimeout: Duration? = nil,
        lockTimeout: Duration? = nil,
        idleInTransactionTimeout: Duration? = nil,
        connectTimeout: Duration? = nil,
        tcpUserTimeout: Duration = .seconds(30)
    ) {
        self.hosts = hosts
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
        self.channelBinding = channelBinding
        self.targetSession = targetSession
        self.pooler = pooler
        self.requiredPeer = requiredPeer
        self.applicationName = applicationName
        self.parameters = parameters
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.connectTimeout = connectTimeout
        self.tcpUserTimeout = tcpUserTimeout
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    /// Whom and where, without a secret.
    public var description: String {
        "postgres://\(user)@\(hosts.map(\.description).joined(separator: ","))/\(database ?? user)"
    }
    public var customMirror: Mirror { Mirror(self, children: ["place": description]) }
}
