public import PoolingCore

extension MariaDB {
    /// Refuses settings that mean nothing (F68).
    public func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try self.configuration.check()
        try require(
            statementCacheCapacity >= 0, "statementCacheCapacity", statementCacheCapacity, "must not be negative")
        if let statementTimeLimit {
            try require(
                statementTimeLimit > .zero, "statementTimeLimit", statementTimeLimit,
                "must be more than zero; nil means without end")
        }
        try require(
            cancelTimeout > .zero, "cancelTimeout", cancelTimeout,
            "must be more than zero, or no statement could be stopped without closing its connection")
        try require(connectTimeLimit > .zero, "connectTimeLimit", connectTimeLimit, "must be more than zero")
    }

    private func require(
        _ holds: Bool, _ field: String, _ value: some Any, _ rule: String
    ) throws(PoolConfigurationError) {
        if !holds { throw PoolConfigurationError(field: field, value: "\(value)", rule: rule) }
    }
}
