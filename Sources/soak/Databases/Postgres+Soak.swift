internal import PGDriver
internal import PoolingSQL
internal import PoolingTestKit

extension Postgres: SoakDatabase {
    var place: FaultProxy.Target {
        let host = configuration.hosts[0]
        if host.isUnixSocket { return .unix(path: "\(host.name)/.s.PGSQL.\(host.port)") }
        return .tcp(host: host.address ?? host.name, port: host.port)
    }

    func behind(_ port: Int, as name: String) -> Postgres {
        var driver = self
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: port)]
        driver.configuration.applicationName = name
        return driver
    }

    static func answer(_ text: String, padding: Int, after work: Duration) -> SQLQuery {
        let seconds = work / .seconds(1)
        if seconds == 0 { return "SELECT \(text)::text, repeat('x', \(padding)::int)" }
        return "SELECT \(text)::text, repeat('x', \(padding)::int) FROM pg_sleep(\(seconds))"
    }

    static func series(_ text: String, _ count: Int) -> SQLQuery {
        "SELECT \(text)::text, x FROM generate_series(1, \(count)::int) x"
    }

    static func remember(_ text: String) -> SQLQuery { "SELECT set_config('talk.nonce', \(text), true)" }
    static var remembered: SQLQuery { "SELECT current_setting('talk.nonce')" }

    static func severalResults(_ text: String, padding: Int, after work: Duration, of name: String) -> SQLQuery? { nil }
    static func setUp(_ name: String) -> [SQLQuery] { [] }
    static func tearDown(_ name: String) -> [SQLQuery] { [] }

    static var session: SQLQuery { "SELECT pg_backend_pid()::text" }
    static func sessions(of name: String) -> SQLQuery {
        "SELECT pid::text FROM pg_stat_activity WHERE application_name = \(name)"
    }
    static func stop(_ session: String) -> SQLQuery { "SELECT pg_cancel_backend(\(session)::text::int)" }
    static func isStoppedMidway(_ error: SQLError) -> Bool { error.sqlState == "57014" }
}
