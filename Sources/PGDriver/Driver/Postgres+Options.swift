internal import PoolingCore
internal import PoolingSQL

extension Postgres {
    /// What a URL can say besides the connection's own options.
    static let optionNames = ["statement_cache_capacity", "statement_time_limit", "cancel_timeout", "session_reset"]

    /// - Returns: whether the option is the driver's.
    mutating func take(_ name: String, _ value: String) throws(PoolConfigurationError) -> Bool {
        switch name {
        case "statement_cache_capacity":
            guard let count = Int(value), (0...1_000_000).contains(count) else {
                throw ConnectionString.mistake(name, "no such number", "must be from 0, which means none, to 1000000")
            }
            statementCacheCapacity = count
        case "statement_time_limit": statementTimeLimit = try OptionReader.duration(name, value)
        case "cancel_timeout": cancelTimeout = try OptionReader.duration(name, value)
        case "session_reset": sessionReset = try OptionReader.choice(name, value)
        default: return false
        }
        return true
    }
}
