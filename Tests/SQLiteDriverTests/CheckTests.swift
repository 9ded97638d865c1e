import PoolingCore
import SQLiteDriver
import Testing

@Suite("A pool is refused (F68)") struct CheckTests {
    @Test(
        "if the driver's settings contradict themselves",
        arguments: [
            (SQLite(path: ""), "path is '', but must name a file"),
            (SQLite(path: "a\u{0}b"), "path is 'a\\0b', but no file name can contain a NUL character"),
            (SQLite(path: "a", statementCacheCapacity: 0), "statementCacheCapacity is 0, but must be at least 1"),
            (SQLite(path: "a", busyTimeout: .seconds(-1)), "busyTimeout is -1.0 seconds, but must not be negative"),
            (SQLite(path: "a", readOnly: true, journalMode: .delete), "journalMode is delete, but changing it needs"),
            (SQLite(path: ":memory:", readOnly: true), "readOnly is true, but nobody could ever write"),
            (SQLite(path: ":memory:", createIfMissing: false), "createIfMissing is false, but an in-memory"),
            (SQLite(path: ":memory:", journalMode: .persist), "journalMode is persist, but an in-memory"),
            (SQLite(path: "a", cacheSize: 0), "cacheSize is 0, but must be more than 0 bytes"),
            (SQLite(path: "a", cacheSize: .max), "cacheSize is 9223372036854775807, but must be at most 1 TiB"),
            (SQLite(path: "a", mmapSize: 0), "mmapSize is 0, but must be more than 0 bytes"),
            (SQLite(path: "a", walAutocheckpoint: -1), "walAutocheckpoint is -1, but must be a number of pages from 0"),
            (SQLite(path: "a", journalMode: .delete, walAutocheckpoint: 1), "walAutocheckpoint is 1, but there is no"),
            (SQLite(path: "a", readOnly: true, walAutocheckpoint: 1), "walAutocheckpoint is 1, but only who writes"),
            (SQLite(path: "a", journalSizeLimit: -1), "journalSizeLimit is -1, but must not be negative"),
            (SQLite(path: "a", readOnly: true, journalSizeLimit: 1), "journalSizeLimit is 1, but only who writes"),
            (SQLite(path: "a", limits: .init(columns: 0)), "limits.columns is 0, but must be at least 5"),
            (SQLite(path: "a", limits: .init(sqlLength: 99)), "limits.sqlLength is 99, but must be at least 1000"),
            (SQLite(path: ":memory:", mmapSize: 1), "mmapSize is 1, but an in-memory database has no file"),
            (SQLite(path: ":memory:", walAutocheckpoint: 1), "walAutocheckpoint is 1, but an in-memory database"),
            (SQLite(path: ":memory:", journalSizeLimit: 1), "journalSizeLimit is 1, but an in-memory database"),
            (SQLite.inMemory(name: ""), "name is '', but must not be empty"),
            (SQLite.inMemory(name: "a\u{0}"), "name is 'a\\0', but must not contain a NUL"),
        ])
    func contradictions(driver: SQLite, sentence: String) throws {
        let error = #expect(throws: PoolConfigurationError.self) {
            _ = try Pool(driver, configuration: PoolConfiguration(max: 1))
        }
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    }

    @Test("for more than one connection to a private database in memory, with the ways out (F48)")
    func privateMemory() async throws {
        let error = #expect(throws: PoolConfigurationError.self) { _ = try Pool(SQLite(path: ":memory:")) }
        #expect(
            error?.description
                == "max is 10, but a private in-memory database takes one connection; use max 1, a shared one "
                + "(SQLite.inMemory(), or sqlite::memory:?name=shared as a URL) or a file")
        let pool = try Pool(SQLite(path: ":memory:"), configuration: PoolConfiguration(max: 1))
        #expect(throws: PoolConfigurationError.self) { try pool.resize(min: 0, max: 2) }
        #expect(throws: PoolConfigurationError.self) { try pool.apply(PoolConfiguration()) }
        #expect(pool.configuration.max == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test("but not for what reads only, or takes the file as it is")
    func readers() async throws {
        for mode in [SQLite.JournalMode.wal, nil] {
            let pool = try Pool(SQLite(path: "a", readOnly: true, journalMode: mode))
            #expect(await pool.shutdown().isClean)
        }
    }
}
