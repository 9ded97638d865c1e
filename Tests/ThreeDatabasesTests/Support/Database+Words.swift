import PoolingSQL

/// A type of column, by what the programs put into it.
enum ColumnType: CaseIterable {
    case integer, double, bool, text, blob, decimal, timestamp, uuid, json
}

/// Where one text can't do: what differs, and why. The rest of these tests is the same for all.
extension Database {
    /// | | SQLite | PostgreSQL | MariaDB | why |
    /// |---|---|---|---|---|
    /// | text | TEXT | TEXT | LONGTEXT | MariaDB's TEXT ends at 64 KiB |
    /// | blob | BLOB | BYTEA | LONGBLOB | PostgreSQL's word; MariaDB's BLOB ends at 64 KiB |
    /// | decimal | TEXT | NUMERIC | DECIMAL(38,10) | SQLite's NUMERIC keeps 15 digits; MariaDB's has no fraction unless told |
    /// | timestamp | TEXT | TIMESTAMPTZ | DATETIME(6) | SQLite has none; MariaDB's TIMESTAMP ends in 2038 |
    /// | uuid | TEXT | UUID | UUID | SQLite has none |
    /// | json | TEXT | JSON | JSON | SQLite has none |
    func word(_ type: ColumnType) -> String {
        switch (type, self) {
        case (.integer, _): "BIGINT"
        case (.double, _): "DOUBLE PRECISION"
        case (.bool, _): "BOOLEAN"
        case (.text, .mariadb): "LONGTEXT"
        case (.text, _): "TEXT"
        case (.blob, .sqlite): "BLOB"
        case (.blob, .postgres): "BYTEA"
        case (.blob, .mariadb): "LONGBLOB"
        case (.decimal, .postgres): "NUMERIC"
        case (.decimal, .mariadb): "DECIMAL(38,10)"
        case (.timestamp, .postgres): "TIMESTAMPTZ"
        case (.timestamp, .mariadb): "DATETIME(6)"
        case (.uuid, .postgres), (.uuid, .mariadb): "UUID"
        case (.json, .postgres), (.json, .mariadb): "JSON"
        case (.decimal, .sqlite), (.timestamp, .sqlite), (.uuid, .sqlite), (.json, .sqlite): "TEXT"
        }
    }

    /// How long a statement waits for somebody else's lock: SQLite's is the driver's, the others' is the server's.
    func lockLimit(_ seconds: Int) -> String {
        switch self {
        case .sqlite: "busy_timeout=\(seconds)s"
        case .postgres: "lock_timeout=\(seconds)s"
        case .mariadb: "variable.innodb_lock_wait_timeout=\(seconds)"
        }
    }

    /// Two transactions that want each other's rows. The servers lock rows, and find the circle; SQLite's writers lock the
    /// file when they begin, so that the second one waits for the first and gives up.
    var crossedLocks: SQLError.Kind { self == .sqlite ? .busy : .deadlock }

    /// Two serializable transactions that read the same row, and then write it. PostgreSQL finds out at the write;
    /// MariaDB's readers lock, and both want to have the lock for writing; SQLite: see ``crossedLocks``.
    var lostUpdate: SQLError.Kind {
        switch self {
        case .sqlite: .busy
        case .postgres: .serialization
        case .mariadb: .deadlock
        }
    }

    /// A setting of the session that a borrower changes, and how to ask for it: there is no common one.
    var setting: (change: SQLQuery, question: SQLQuery) {
        switch self {
        case .sqlite: ("PRAGMA cache_size = 77", "PRAGMA cache_size")
        case .postgres: ("SET work_mem = '77kB'", "SELECT current_setting('work_mem')")
        case .mariadb: ("SET sort_buffer_size = 77000", "SELECT @@sort_buffer_size")
        }
    }

    /// The number that the server knows a session by, and what ends that session. SQLite has neither server nor session.
    var session: (question: SQLQuery, end: @Sendable (Int) -> SQLQuery)? {
        switch self {
        case .sqlite: nil
        case .postgres: ("SELECT pg_backend_pid()", { "SELECT pg_terminate_backend(\($0)::int)" })
        case .mariadb: ("SELECT CONNECTION_ID()", { SQLQuery(unsafe: "KILL \($0)") })
        }
    }
}
