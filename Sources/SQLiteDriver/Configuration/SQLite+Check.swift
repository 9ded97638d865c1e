public import PoolingCore

extension SQLite {
    /// Refuses settings that contradict each other, and more than one connection for a private database (F48, F68).
    public func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try checkSettings()
        if case .privateMemory = place {
            try require(
                configuration.max == 1, "max", configuration.max,
                "a private in-memory database takes one connection; use max 1, a shared one (SQLite.inMemory(), or "
                    + "sqlite::memory:?name=shared as a URL) or a file")
        }
    }

    /// What can be said of the settings alone.
    func checkSettings() throws(PoolConfigurationError) {
        try checkPlace()
        try checkTuning()
        try checkFunctions()
        try require(
            statementCacheCapacity >= 1, "statementCacheCapacity", statementCacheCapacity, "must be at least 1")
        try require(busyTimeout >= .zero, "busyTimeout", busyTimeout, "must not be negative; zero means not to wait")
    }

    private func checkPlace() throws(PoolConfigurationError) {
        switch place {
        case .file(let path):
            try require(
                !path.isEmpty, "path", "''",
                "must name a file: SQLite would give every connection a temporary database of its own")
            try require(!path.utf8.contains(0), "path", Self.shown(path), "no file name can contain a NUL character")
        case .privateMemory:
            try require(!readOnly, "readOnly", readOnly, "nobody could ever write to a private in-memory database")
        case .sharedMemory(let memory):
            let name = memory.name ?? "none"
            try require(!name.isEmpty, "name", "''", "must not be empty; leave it out for a database of its own")
            try require(!name.utf8.contains(0), "name", Self.shown(name), "must not contain a NUL character")
        }
        if place.memory != nil {
            try require(createIfMissing, "createIfMissing", false, "an in-memory database is always made")
        }
        if let journalMode, journalMode != .wal {
            try require(
                place.memory == nil, "journalMode", journalMode, "an in-memory database has its own; set nil")
            try require(
                !readOnly, "journalMode", journalMode,
                "changing it needs writing, and readOnly is true; set nil to take the file as it is")
        }
    }

    private func checkTuning() throws(PoolConfigurationError) {
        if let cacheSize {
            try require(cacheSize > 0, "cacheSize", cacheSize, "must be more than 0 bytes; nil for SQLite's own")
            // SQLite counts KiB, in 32 bits.
            try require(cacheSize <= 1 << 40, "cacheSize", cacheSize, "must be at most 1 TiB")
        }
        if let mmapSize {
            try require(mmapSize > 0, "mmapSize", mmapSize, "must be more than 0 bytes; nil to map nothing")
            try require(place.memory == nil, "mmapSize", mmapSize, "an in-memory database has no file to map; set nil")
        }
        if let walAutocheckpoint {
            try require(
                walAutocheckpoint >= 0 && walAutocheckpoint <= Int32.max, "walAutocheckpoint", walAutocheckpoint,
                "must be a number of pages from 0, which turns it off, to \(Int32.max)")
            try requireJournal("walAutocheckpoint", walAutocheckpoint)
            try require(
                journalMode == nil || journalMode == .wal, "walAutocheckpoint", walAutocheckpoint,
                "there is no write-ahead log with journal mode \(journalMode?.rawValue ?? ""); set nil")
        }
        if let journalSizeLimit {
            try require(
                journalSizeLimit >= 0, "journalSizeLimit", journalSizeLimit, "must not be negative; nil for no limit")
            try requireJournal("journalSizeLimit", journalSizeLimit)
        }
        for (kind, limit) in limits.given {
            try require(limit >= kind.least, "limits.\(kind.name)", limit, "must be at least \(kind.least)")
        }
    }

    /// For what concerns a journal on the disk.
    private func requireJournal(_ field: String, _ value: Int) throws(PoolConfigurationError) {
        try require(place.memory == nil, field, value, "an in-memory database has no journal on the disk; set nil")
        try require(!readOnly, field, value, "only who writes has a journal, and readOnly is true; set nil")
    }

    private static func shown(_ text: String) -> String { "'\(text.replacing("\0", with: "\\0"))'" }

    private func require(
        _ condition: Bool, _ field: String, _ value: some Any, _ rule: String
    ) throws(PoolConfigurationError) {
        if !condition { throw PoolConfigurationError(field: field, value: "\(value)", rule: rule) }
    }
}
