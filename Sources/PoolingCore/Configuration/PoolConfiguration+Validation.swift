extension PoolConfiguration {
    /// How many connections a pool can hold at most: a loan's identity has 15 bits for the place.
    public static let greatestMax = 32_000

    /// Checks that the fields do not contradict each other.
    /// - Throws: ``PoolConfigurationError`` naming field, value and rule.
    public func validate() throws(PoolConfigurationError) {
        try require(max >= 1, "max", max, "must be at least 1")
        try require(max <= Self.greatestMax, "max", max, "must be at most \(Self.greatestMax)")
        try require(min >= 0, "min", min, "must not be negative")
        try require(min <= max, "min", min, "must not exceed max (\(max))")
        try require(minIdle >= 0, "minIdle", minIdle, "must not be negative")
        try require(minIdle <= max, "minIdle", minIdle, "must not exceed max (\(max))")
        try requirePositive(acquireTimeout, "acquireTimeout")
        try requirePositive(connectTimeout, "connectTimeout")
        try requirePositive(validationTimeout, "validationTimeout")
        try requirePositive(resetTimeout, "resetTimeout")
        try requirePositive(closeTimeout, "closeTimeout")
        if case .afterIdle(let idle) = validation {
            try require(idle >= .zero, "validation", validation, "the idle time must not be negative")
        }
        if let idleTimeout { try requirePositive(idleTimeout, "idleTimeout") }
        if let maxLifetime { try requirePositive(maxLifetime, "maxLifetime") }
        try require(
            lifetimeJitter >= 0 && lifetimeJitter <= 1, "lifetimeJitter", lifetimeJitter, "must be between 0 and 1")
        if let maxUses { try require(maxUses >= 1, "maxUses", maxUses, "must be at least 1") }
        if let keepAliveInterval {
            try requirePositive(keepAliveInterval, "keepAliveInterval")
            if let maxLifetime {
                try require(
                    keepAliveInterval < maxLifetime, "keepAliveInterval", keepAliveInterval,
                    "must be shorter than maxLifetime (\(maxLifetime))")
            }
        }
        if let maxWaiters {
            // Whoever has a connection opened waits for it: with 0 an empty pool could never lend.
            try require(maxWaiters >= 1, "maxWaiters", maxWaiters, "must be at least 1")
        }
        try require(
            maxConcurrentConnects >= 1, "maxConcurrentConnects", maxConcurrentConnects, "must be at least 1")
        try requirePositive(backoff.initial, "backoff.initial")
        try require(
            backoff.multiplier >= 1 && backoff.multiplier.isFinite, "backoff.multiplier", backoff.multiplier,
            "must be at least 1")
        try require(
            backoff.cap >= backoff.initial, "backoff.cap", backoff.cap,
            "must not be shorter than backoff.initial (\(backoff.initial))")
        if case .failAfter(let span?) = outagePolicy { try requirePositive(span, "outagePolicy") }
        if let leakThreshold {
            try require(leakThreshold >= .milliseconds(1), "leakThreshold", leakThreshold, "must be at least 1 ms")
        }
    }

    private func requirePositive(_ value: Duration, _ field: String) throws(PoolConfigurationError) {
        try require(value > .zero, field, value, "must be longer than zero; no setting means for ever")
    }

    private func require(
        _ condition: Bool, _ field: String, _ value: some Any, _ rule: String
    ) throws(PoolConfigurationError) {
        if !condition { throw PoolConfigurationError(field: field, value: "\(value)", rule: rule) }
    }
}
