internal import PoolingCore

extension SQLiteDatabase {
    /// When the write-ahead log is moved into the database file.
    public struct Checkpointing: Sendable, Hashable {
        /// From this size of the log on, in pages (of 4 KiB, if the file says nothing else), it is moved in the background.
        public var pages: Int
        /// From this size on the writers are held off until the log can begin anew. It passes the limit by what is written
        /// before the background has its turn, up to as much again and the one transaction that is written then, and by
        /// what reads that run for longer than `patience` keep from being forgotten.
        public var limit: Int
        /// How long writers are held off at most, each time that the log has grown by half of the limit again.
        public var patience: Duration

        public init(pages: Int = 1000, limit: Int = 4000, patience: Duration = .milliseconds(500)) {
            self.pages = pages
            self.limit = limit
            self.patience = patience
        }

        /// The log's size at which the writer empties it before it writes on.
        var brink: Int { limit.multipliedReportingOverflow(by: 2).overflow ? .max : limit * 2 }

        func check() throws(PoolConfigurationError) {
            if pages < 1 { throw Self.refusal("checkpointing.pages", pages, "must be at least 1") }
            if limit < pages {
                throw Self.refusal("checkpointing.limit", limit, "must not be less than pages, which is \(pages)")
            }
            if patience <= .zero { throw Self.refusal("checkpointing.patience", patience, "must be more than zero") }
        }

        private static func refusal(_ field: String, _ value: some Sendable, _ rule: String) -> PoolConfigurationError {
            PoolConfigurationError(field: field, value: "\(value)", rule: rule)
        }
    }

    /// What can't be one writer and several readers over one log.
    static func check(
        _ driver: SQLite, _ readers: Int, _ configuration: PoolConfiguration
    ) throws(PoolConfigurationError) {
        func require(_ isSo: Bool, _ field: String, _ value: String, _ rule: String) throws(PoolConfigurationError) {
            if !isSo { throw PoolConfigurationError(field: field, value: value, rule: rule) }
        }
        try require(readers >= 1, "readers", "\(readers)", "must be at least 1")
        let most = PoolConfiguration.greatestMax
        try require(readers <= most, "readers", "\(readers)", "must be at most \(most)")
        try require(
            driver.place.memory == nil, "driver.path", driver.path,
            "a database in memory has no write-ahead log; use a plain Pool, or a file")
        try require(
            !driver.readOnly, "driver.readOnly", "true", "somebody has to write; use a plain Pool for a file to be read"
        )
        try require(
            driver.journalMode == .wal, "driver.journalMode", driver.journalMode?.rawValue ?? "nil",
            "readers and a writer at once need .wal")
        try require(
            driver.walAutocheckpoint == nil, "driver.walAutocheckpoint", "\(driver.walAutocheckpoint ?? 0)",
            "a SQLiteDatabase checkpoints by itself; set checkpointing.pages")
        let defaults = PoolConfiguration()
        try require(
            configuration.min == defaults.min, "configuration.min", "\(configuration.min)",
            "must be left alone: the writer and one reader are kept open")
        try require(
            configuration.max == defaults.max, "configuration.max", "\(configuration.max)",
            "must be left alone: set readers; there is one writer")
    }
}
