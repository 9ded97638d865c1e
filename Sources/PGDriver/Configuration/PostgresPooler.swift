internal import PoolingCore
internal import PoolingSQL

/// What stands between this program and the server.
public enum PostgresPooler: String, Sendable, Hashable, CaseIterable {
    /// Nothing, or a pooler that gives each of its clients a session for as long as it is connected.
    case none
    /// A PgBouncer, or the like, with `pool_mode = transaction`: two transactions of one connection may run in two
    /// sessions of the server's, so that nothing is kept in a session.
    ///
    /// Statements go out by their text each time, whatever ``Postgres/statementCacheCapacity`` says, and nothing is put
    /// back after a loan, whatever ``Postgres/sessionReset`` says. Settings that would need a session are refused.
    case transactions
}

extension Postgres {
    /// As it connects: without what the pooler in between can't bear.
    var settled: Postgres {
        guard configuration.pooler == .transactions else { return self }
        var driver = self
        driver.statementCacheCapacity = 0
        driver.sessionReset = .never
        return driver
    }

    func checkPooler() throws(PoolConfigurationError) {
        guard configuration.pooler == .transactions else { return }
        func require(_ holds: Bool, _ field: String, _ value: some Any, _ rule: String) throws(PoolConfigurationError) {
            if !holds {
                throw PoolConfigurationError(
                    field: field, value: "\(value)", rule: "\(rule) where a pooler of transactions is in between")
            }
        }
        try require(
            configuration.parameters.isEmpty, "parameters",
            configuration.parameters.keys.sorted().joined(separator: ", "),
            "must be empty: they would be another session's; use SET LOCAL, or ALTER ROLE … SET")
        for (name, timeout) in [
            ("statementTimeout", configuration.statementTimeout), ("lockTimeout", configuration.lockTimeout),
            ("idleInTransactionTimeout", configuration.idleInTransactionTimeout),
        ] {
            guard let timeout else { continue }
            try require(
                false, name, timeout,
                "must be nil, since it is a setting of the session: use ALTER ROLE … SET, or the "
                    + "driver's statementTimeLimit,")
        }
        try require(
            configuration.targetSession == .any, "targetSession", configuration.targetSession,
            "must be any: it is the pooler that knows the servers,")
        try require(
            sessionReset != .always, "sessionReset", sessionReset, "must not be always: there is no session to reset")
    }
}
