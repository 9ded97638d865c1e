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

    @Test(
        "with a mistake is refused by name",
        arguments: [
            ("sqlite:a.db?jurnal_mode=wal", "jurnal_mode"),
            ("sqlite:a.db?journal_mode=war", "must be one of wal, delete"),
            ("sqlite:a.db?read_only=maybe", "read_only is maybe"), ("sqlite:a.db?busy_timeout=5", "busy_timeout is 5"),
            ("sqlite:a.db?statement_cache=0", "at least 1"), ("sqlite://app.db", "write sqlite:app.db"),
            ("postgres://x", "begins with sqlite:"), ("app.db", "begins with sqlite:"),
            ("sqlite:%zz", "two hex digits"),
            ("sqlite:%ff", "UTF-8"), ("sqlite:a%4", "two hex digits"),
        ])
    func mistakes(url: String, hint: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) { try SQLite(url: url) }
        #expect(error.map { "\($0)".contains(hint) } == true, "\(String(describing: error))")
    }
}
