internal import CSQLite
internal import PoolingSQL

// The settings of `SQLite.Tuning` on one connection.
extension SQLiteConnection {
    func applyTuning() throws(SQLiteFailure) {
        let tuning = settings.tuning
        let trusted: Int32 = tuning.trustedSchema ? 1 : 0
        if csqlite_exchange_option(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, trusted) != trusted {
            throw unfit("trusted_schema can't be set to \(trusted); it needs SQLite 3.31")
        }
        // A damaged file is found out before it is believed, for little.
        try set("cell_size_check", to: "1", expecting: "1")
        if let bytes = tuning.cacheSize {
            let size = "\(-((bytes - 1) / 1024 + 1))"
            try set("cache_size", to: size, expecting: size)
        }
        try applyMapping(tuning.mmapSize)
        switch tuning.tempStore {
        case .default: break
        case .file: try set("temp_store", to: "1", expecting: "1")
        case .memory: try set("temp_store", to: "2", expecting: "2")
        }
        if let pages = tuning.walAutocheckpoint {
            try set("wal_autocheckpoint", to: "\(pages)", expecting: "\(pages)")
        }
        if let bytes = tuning.journalSizeLimit {
            try set("journal_size_limit", to: "\(bytes)", expecting: "\(bytes)")
        }
        // Last, since the statements above need not keep to them.
        try apply(tuning.limits)
    }

    /// Some builds map files unless they are told not to; some, and databases in memory, can't and know no size.
    private func applyMapping(_ bytes: Int?) throws(SQLiteFailure) {
        if let bytes { return try set("mmap_size", to: "\(bytes)", expecting: "\(bytes)") }
        // Less than zero asks. It is what the pragma does, without a statement to compile.
        var size: sqlite3_int64 = -1
        guard sqlite3_file_control(database, "main", SQLITE_FCNTL_MMAP_SIZE, &size) == SQLITE_OK, size != 0 else {
            return
        }
        try set("mmap_size", to: "0", expecting: "0")
    }

    private func apply(_ limits: SQLite.Limits) throws(SQLiteFailure) {
        for (kind, wanted) in limits.given {
            sqlite3_limit(database, kind.code, Int32(clamping: wanted))
            let found = Int(sqlite3_limit(database, kind.code, -1))
            if found != wanted {
                throw unfit(
                    "limits.\(kind.name) was set to \(wanted) and is \(found), since this SQLite was built for no more")
            }
        }
    }
}
