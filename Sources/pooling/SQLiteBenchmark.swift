internal import PoolingCommandLine
internal import PoolingSQL
internal import SQLiteDriver

struct SQLiteBenchmark: SQLBenchmarkDriver {
    let name = "sqlite"

    nonisolated(nonsending) func facts(_ handle: SQLite.Handle) async throws -> BackendFacts {
        var facts = BackendFacts()
        facts.isRemote = false
        if let row = try await handle.query("PRAGMA journal_mode").first {
            facts.settings.append(("journal", try row.decode(String.self)))
        }
        return facts
    }

    func makeInspector(url: String) throws -> SQLite {
        var driver = try SQLite(url: url)
        driver.readOnly = true
        driver.createIfMissing = false
        driver.journalMode = nil
        return driver
    }

    func embeddedURL(inFolder folder: String) -> String? { "sqlite:\(folder)/bench.db" }
}
