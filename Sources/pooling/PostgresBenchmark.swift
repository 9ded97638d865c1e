internal import PGDriver
internal import PoolingCommandLine
internal import PoolingSQL

struct PostgresBenchmark: SQLBenchmarkDriver {
    let name = "postgres"
    let defaultPort: Int? = 5432

    nonisolated(nonsending) func facts(_ handle: Postgres.Handle) async throws -> BackendFacts {
        var facts = BackendFacts()
        // Of other roles' sessions a plain role sees the database only. Settings of milliseconds and the like come in their unit; one that a server of an older version lacks is null.
        let rows = try await handle.query(
            """
            SELECT current_setting('max_connections')::int,
                   current_setting('superuser_reserved_connections')::int
                   + coalesce((SELECT setting::int FROM pg_settings WHERE name = 'reserved_connections'), 0),
                   coalesce((SELECT setting::bigint FROM pg_settings WHERE name = 'idle_session_timeout'), 0),
                   (SELECT count(*)::int FROM pg_stat_activity 
                    WHERE backend_type = 'client backend' OR backend_type IS NULL AND datid IS NOT NULL),
                   inet_client_addr() IS NOT NULL AND host(inet_client_addr()) NOT IN ('127.0.0.1', '::1')
            """)
        let (limit, reserved, idle, used, isRemote) = try rows[0].decode((Int, Int, Int, Int, Bool).self)
        facts.maxConnections = limit
        facts.reservedConnections = reserved
        facts.connectionsInUse = used
        if idle > 0 { facts.idleTimeout = .milliseconds(idle) }
        facts.isRemote = isRemote
        let tls = try await handle.query(
            "SELECT version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl")
        if let row = tls.first {
            let (version, cipher) = try row.decode((String, String).self)
            facts.encryption = "\(version), \(cipher)"
        }
        return facts
    }

    /// A loop for each client.
    func clientExecutor(for driver: Postgres) -> (any TaskExecutor)? { Postgres.nextExecutor() }
}
