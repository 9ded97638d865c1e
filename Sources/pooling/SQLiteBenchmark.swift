internal import PoolingCommandLine
internal import SQLiteDriver

struct SQLiteBenchmark: SQLBenchmarkDriver {
    let name = "sqlite"

    func makeDriver(url: String) throws -> SQLite { try SQLite(url: url) }

    func embeddedURL(inFolder folder: String) -> String? { "sqlite:\(folder)/bench.db" }
}
