internal import PGDriver
internal import PoolingCommandLine

struct PostgresBenchmark: SQLBenchmarkDriver {
    let name = "postgres"
    let defaultPort: Int? = 5432

    func makeDriver(url: String) throws -> Postgres { try Postgres(url: url) }

    /// A loop for each client.
    func clientExecutor(for driver: Postgres) -> (any TaskExecutor)? { Postgres.nextExecutor() }
}
