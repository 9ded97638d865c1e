import PoolingCore
import SQLiteDriver
import Testing

@Suite("A URL") struct URLTests {
    @Test(
        "names a file",
        arguments: [
            ("sqlite:app.db", "app.db"), ("sqlite3:app.db", "app.db"), ("SQLite:dir/app.db", "dir/app.db"),
            ("sqlite:/var/app.db", "/var/app.db"), ("sqlite:///var/app.db", "/var/app.db"),
            ("sqlite:a%20b%3Fc%25.db", "a b?c%.db"), ("sqlite:%C3%A4.db", "ä.db"), ("sqlite:file:x", "file:x"),
        ])
    func path(url: String, path: String) throws {
        #expect(try SQLite(url: url).path == path)
    }

    @Test("sets options")
    func options() throws {
        let driver = try SQLite(
            url: "sqlite:a.db?read_only=true&create=false&foreign_keys=off&journal_mode=truncate&synchronous=full"
                + "&execution=inline&busy_timeout=250ms&statement_cache=7")
        #expect(driver.readOnly && !driver.createIfMissing && !driver.foreignKeys)
        #expect(driver.journalMode == .truncate && driver.synchronous == .full && driver.execution == .inline)
        #expect(driver.busyTimeout == .milliseconds(250) && driver.statementCacheCapacity == 7)
        #expect(try SQLite(url: "sqlite:a.db?busy_timeout=3s").busyTimeout == .seconds(3))
    }

    @Test("sets sizes and limits, a single limit counting more than the preset whatever the order")
    func tuning() throws {
        let driver = try SQLite(
            url: "sqlite:a.db?cache_size=8MiB&mmap_size=1GiB&temp_store=memory&wal_autocheckpoint=0"
                + "&journal_size_limit=65536&trusted_schema=false&limit_columns=200&limits=strict&limit_variables=0")
        #expect(driver.cacheSize == 8 << 20 && driver.mmapSize == 1 << 30 && driver.tempStore == .memory)
        #expect(driver.walAutocheckpoint == 0 && driver.journalSizeLimit == 65536 && !driver.trustedSchema)
        var limits = SQLite.Limits.strict
        limits.columns = 200
        limits.variables = 0
        #expect(driver.limits == limits)
        #expect(try SQLite(url: "sqlite:a.db?limit_trigger_depth=3").limits == .init(triggerDepth: 3))
        #expect(try SQLite(url: "sqlite:a.db").limits == .init())
    }

    @Test("names a database in memory")
    func memory() throws {
        #expect("\(try SQLite(url: "sqlite::memory:"))" == "SQLite(:memory:)")
        #expect("\(try SQLite(url: "sqlite::memory:?name=a%20b"))" == "SQLite(:memory: shared as 'a b')")
        #expect(try SQLite(url: "sqlite::memory:?name=a&busy_timeout=3s").busyTimeout == .seconds(3))
    }

    @Test(
        "with a mistake is refused by name",
        arguments: [
            ("sqlite:a.db?jurnal_mode=wal", "jurnal_mode"),
            ("sqlite:a.db?journal_mode=war", "must be one of wal, delete"),
            ("sqlite:a.db?read_only=maybe", "read_only is maybe"), ("sqlite:a.db?busy_timeout=5", "busy_timeout is 5"),
            ("sqlite:a.db?statement_cache=0", "at least 1"), ("sqlite://app.db", "write sqlite:app.db"),
            ("postgres://x", "begins with sqlite:"), ("app.db", "begins with sqlite:"),
            ("sqlite::memory:?name=", "as in sqlite::memory:?name=shared"), ("sqlite:a.db?name=x", "name is 'x'"),
            ("sqlite::memory:?name=a&name=b", "name is 'b'"),
            ("sqlite::memory:?journal_mode=wal", "an in-memory database has its own"),
            ("sqlite:a.db?cache_size=8MB", "cache_size is 8MB, but must be a number of bytes such as"),
            ("sqlite:a.db?cache_size=-1", "must be a number of bytes"),
            ("sqlite:a.db?cache_size=99999999999GiB", "must be a number of bytes"),
            ("sqlite:a.db?temp_store=disk", "must be one of default, file, memory"),
            ("sqlite:a.db?wal_autocheckpoint=-1", "whole number from 0"),
            ("sqlite:a.db?limits=lax", "limits is lax, but must be strict"),
            ("sqlite:a.db?limit_colums=3", "limit_columns"), ("sqlite:a.db?limit_columns=x", "limit_columns is x"),
            ("sqlite:%zz", "two hex digits"),
            ("sqlite:%ff", "UTF-8"), ("sqlite:a%4", "two hex digits"),
        ])
    func mistakes(url: String, hint: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) { try SQLite(url: url) }
        #expect(error.map { "\($0)".contains(hint) } == true, "\(String(describing: error))")
    }

    @Test("of another database is not repeated, since it may have a password in it", arguments: ["postgres", "sqlite"])
    func secret(scheme: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) { try SQLite(url: "\(scheme)://app:hunter2@host/db") }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }
}
