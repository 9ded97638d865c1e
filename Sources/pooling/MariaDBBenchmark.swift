internal import MariaDBDriver
internal import PoolingCommandLine

struct MariaDBBenchmark: SQLBenchmarkDriver {
    let name = "mariadb"
    let defaultPort: Int? = 3306

    func makeDriver(url: String) throws -> MariaDB { try MariaDB(url: url) }

    /// A loop for each client.
    func clientExecutor(for driver: MariaDB) -> (any TaskExecutor)? { MariaDB.nextExecutor() }
}
