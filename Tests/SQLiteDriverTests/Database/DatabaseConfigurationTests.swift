import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("An SQLiteDatabase is refused") struct DatabaseConfigurationTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        let field: String
        let value: String
        var driver = SQLite(path: "no-such-folder/never-opened.db")
        var readers = 4
        var configuration = PoolConfiguration()
        var checkpointing = SQLiteDatabase.Checkpointing()
        var testDescription: String { "\(field) = \(value)" }
    }

    static let cases = [
        Refused(field: "driver.path", value: ":memory:", driver: SQLite(path: ":memory:")),
        Refused(field: "driver.path", value: ":memory:", driver: .inMemory()),
        Refused(field: "path", value: "''", driver: SQLite(path: "")),
        Refused(field: "driver.readOnly", value: "true", driver: SQLite(path: "no-such-folder/x", readOnly: true)),
        Refused(
            field: "driver.journalMode", value: "delete", driver: SQLite(path: "no-such-folder/x", journalMode: .delete)
        ),
        Refused(field: "driver.journalMode", value: "nil", driver: SQLite(path: "no-such-folder/x", journalMode: nil)),
        Refused(
            field: "driver.walAutocheckpoint", value: "0",
            driver: SQLite(path: "no-such-folder/x", walAutocheckpoint: 0)),
        Refused(
            field: "driver.walAutocheckpoint", value: "100",
            driver: SQLite(path: "no-such-folder/x", walAutocheckpoint: 100)),
        Refused(field: "readers", value: "0", readers: 0),
        Refused(field: "readers", value: "-1", readers: -1),
        Refused(field: "readers", value: "32001", readers: 32001),
        Refused(field: "configuration.min", value: "2", configuration: PoolConfiguration(min: 2)),
        Refused(field: "configuration.max", value: "3", configuration: PoolConfiguration(max: 3)),
        Refused(
            field: "acquireTimeout", value: "0.0 seconds", configuration: PoolConfiguration(acquireTimeout: .zero)),
        Refused(field: "checkpointing.pages", value: "0", checkpointing: .init(pages: 0)),
        Refused(field: "checkpointing.pages", value: "-1", checkpointing: .init(pages: -1)),
        Refused(field: "checkpointing.limit", value: "99", checkpointing: .init(pages: 100, limit: 99)),
        Refused(field: "checkpointing.patience", value: "0.0 seconds", checkpointing: .init(patience: .zero)),
        Refused(
            field: "checkpointing.patience", value: "-1.0 seconds", checkpointing: .init(patience: .seconds(-1))),
    ]

    @Test("that contradicts itself, in one sentence that names the field and its value", arguments: cases)
    func refused(_ refused: Refused) throws {
        let error = try #require(throws: PoolConfigurationError.self) {
            try SQLiteDatabase(
                refused.driver, readers: refused.readers, configuration: refused.configuration,
                checkpointing: refused.checkpointing)
        }
        #expect(error.field == refused.field)
        let text = "\(error)"
        #expect(text.hasPrefix("\(refused.field) is "), "\(text)")
        #expect(error.value.contains(refused.value) || refused.value == ":memory:", "\(text)")
        #expect(!text.contains("\n") && !text.hasSuffix("."), "\(text)")
    }

    @Test("with no setting that only looks odd")
    func taken() async throws {
        let scratch = try Scratch()
        try await withDatabase(
            SQLite(path: scratch.path()), readers: 1,
            checkpointing: .init(pages: 1, limit: 1, patience: .nanoseconds(1))
        ) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            for number in 0..<100 { try await database.execute("INSERT INTO t VALUES(\(number))") }
            #expect(try await database.int("SELECT count(*) FROM t") == 100)
        }
    }
}
