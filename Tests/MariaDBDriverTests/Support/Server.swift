package import MariaDBDriver
import PoolingCore
package import PoolingSQL
package import TestServers

/// Connections to the server that the tests share.
enum Server {
    /// In plaintext: TLS has tests of its own.
    static var configuration: MariaDBConfiguration { get throws { try MariaDBServer.shared.configuration } }
    static var driver: MariaDB { MariaDB(try! configuration) }
    /// Who may see and end other sessions.
    static var superuser: MariaDB { driver.asSuperuser }
}

extension MariaDBServer {
    /// Connections to it, in plaintext, of the user who owns the database.
    var configuration: MariaDBConfiguration {
        MariaDBConfiguration(
            hosts: [MariaDBHost("127.0.0.1", port: port)], user: Self.user, password: .fixed(SQLSecret(Self.password)),
            database: Self.database, tls: MariaDBTLS(mode: .disable))
    }

    var driver: MariaDB { MariaDB(configuration) }

    /// Makes a user who may do everything in the database.
    /// - Parameter limits: such as `MAX_USER_CONNECTIONS 3`.
    func createUser(_ name: String, with limits: String = "") async throws {
        let rest = limits.isEmpty ? "" : " WITH \(limits)"
        try await asRoot(
            "CREATE OR REPLACE USER \(name)@127.0.0.1 IDENTIFIED BY '\(Self.password)'\(rest)",
            "GRANT ALL ON \(Self.database).* TO \(name)@127.0.0.1")
    }

    /// Runs statements as the superuser.
    func asRoot(_ statements: String...) async throws {
        try await driver.asSuperuser.lending { (handle, _) async throws -> Void in
            for statement in statements { try await handle.execute(SQLQuery(unsafe: statement)) }
        }
    }
}

extension MariaDB {
    var asSuperuser: MariaDB {
        var driver = self
        driver.configuration.user = MariaDBServer.superuser
        driver.configuration.password = .fixed(SQLSecret(MariaDBServer.superuserPassword))
        return driver
    }
}

extension MariaDB: TestedDriver {
    package static var observing: MariaDB { Server.superuser }
    package static func proxied(_ name: String) async throws -> TestServers.ProxiedServer<MariaDB> {
        try await ProxiedServer(name)
    }
    package static func sleep(_ seconds: Double) -> SQLQuery { "SELECT SLEEP(\(seconds))" }
    package static var ownSession: SQLQuery { "SELECT CONNECTION_ID()" }
    package static func activity(of session: Int) -> SQLQuery {
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session) AND COMMAND IN ('Query', 'Execute')"
    }
    package static func presence(of session: Int) -> SQLQuery {
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session)"
    }
    package static func series(_ columns: String, to end: Int) -> SQLQuery {
        "SELECT \(unsafe: columns) FROM (SELECT seq AS x FROM seq_1_to_100000) numbers WHERE x <= \(end)"
    }
}

extension MariaDBHandle: TestedHandle {
    /// What the server calls this session.
    func session() async throws -> Int { try await int(MariaDB.ownSession) }
}
