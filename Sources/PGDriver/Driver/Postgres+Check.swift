public import PoolingCore

extension Postgres {
    /// Refuses settings that mean nothing (F68).
    public func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try self.configuration.check()
        try require(
            statementCacheCapacity >= 0, "statementCacheCapacity", statementCacheCapacity,
            "must not be negative; 0 prepares no statements")
        if let statementTimeLimit {
            try require(
                statementTimeLimit > .zero, "statementTimeLimit", statementTimeLimit,
                "must be more than zero; nil means without end")
        }
        try require(
            cancelTimeout > .zero, "cancelTimeout", cancelTimeout,
            "must be more than zero, or no statement could be stopped without closing its connection")
        try checkConnectTime(configuration)
        try checkPooler()
    }

    /// One time for a connect, which its hosts share, and which the pool must not cut short: else its last hosts would
    /// never be tried, and nobody would say so (F22).
    private func checkConnectTime(_ pool: PoolConfiguration) throws(PoolConfigurationError) {
        try require(connectTimeLimit > .zero, "connectTimeLimit", connectTimeLimit, "must be more than zero")
        // A single server has all of the time, whoever ends it, unless somebody has asked for another one.
        let isChosen = configuration.connectTimeout != nil || connectTimeLimit != Self.usualConnectTimeLimit
        guard isChosen || configuration.hosts.count > 1 else { return }
        try require(
            connectTime <= pool.connectTimeout,
            configuration.connectTimeout == nil ? "connectTimeLimit" : "connectTimeout", connectTime,
            "must not be longer than the pool's connectTimeout (\(pool.connectTimeout)), which would end a connect before "
                + "the last host had its turn")
    }

    private func require(
        _ holds: Bool, _ field: String, _ value: some Any, _ rule: String
    ) throws(PoolConfigurationError) {
        if !holds { throw PoolConfigurationError(field: field, value: "\(value)", rule: rule) }
    }
}
