internal import MariaDBDriver
internal import PoolingCommandLine
internal import PoolingSQL

struct MariaDBBenchmark: SQLBenchmarkDriver {
    let name = "mariadb"
    let defaultPort: Int? = 3306

    nonisolated(nonsending) func facts(_ handle: MariaDB.Handle) async throws -> BackendFacts {
        var facts = BackendFacts()
        let rows = try await handle.query(
            """
            SELECT @@max_connections, @@wait_timeout, @@max_prepared_stmt_count,
                   SUBSTRING_INDEX(USER(), '@', -1) NOT IN ('localhost', '127.0.0.1', '::1')
            """)
        let (limit, idle, statements, isRemote) = try rows[0].decode((Int, Int, Int, Bool).self)
        facts.maxConnections = limit
        facts.idleTimeout = .seconds(idle)
        facts.maxPreparedStatements = statements
        facts.isRemote = isRemote
        func status(_ name: String) async throws -> String? {
            guard let row = try await handle.query("SHOW STATUS LIKE '\(unsafe: name)'").first else { return nil }
            let (_, value) = try row.decode((String, String).self)
            return value
        }
        facts.connectionsInUse = try await status("Threads_connected").flatMap { Int($0) }
        let (version, cipher) = (try await status("Ssl_version") ?? "", try await status("Ssl_cipher") ?? "")
        if !cipher.isEmpty { facts.encryption = "\(version), \(cipher)" }
        return facts
    }

    /// A loop for each client.
    func clientExecutor(for driver: MariaDB) -> (any TaskExecutor)? { MariaDB.nextExecutor() }
}
