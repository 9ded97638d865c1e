import Hummingbird
import Logging
import PGDriver
import PoolingCore
import PoolingSQL
import SQLiteDriver
import ServiceLifecycle

/// A small HTTP service over a pool of database connections.
///
///     DATABASE_URL=postgres://app@localhost/bank PORT=8080 swift run WebService
@main struct WebService {
    static func main() async throws {
        let environment = Environment()
        let url = environment.get("DATABASE_URL") ?? "sqlite:bank.db"
        // The driver is chosen here, and nothing else knows which one it is.
        if url.hasPrefix("postgres") {
            try await serve(Pool(Postgres(url: url), name: "bank", configuration: configuration), environment)
        } else {
            try await serve(Pool(SQLite(url: url), name: "bank", configuration: configuration), environment)
        }
    }

    static var configuration: PoolConfiguration {
        // A request that has waited for two seconds is better told to come again.
        PoolConfiguration(min: 2, max: 8, acquireTimeout: .seconds(2))
    }

    static func serve<Driver: SQLDriver>(_ pool: Pool<Driver>, _ environment: Environment) async throws {
        let accounts = Accounts(pool: pool)
        try await accounts.prepare()
        let readiness = Readiness(notice: .milliseconds(environment.get("NOTICE_MS", as: Int.self) ?? 5000))
        let logger = Logger(label: "WebService")
        let server = Application(
            router: routes(accounts, readiness: readiness),
            configuration: .init(address: .hostname("127.0.0.1", port: environment.get("PORT", as: Int.self) ?? 8080)),
            onServerRunning: { logger.notice("listening on port \($0.localAddress?.port ?? 0)") }, logger: logger)
        // On SIGTERM they end in the reverse order: first the word goes round, then the server serves what it has, and
        // only then the pool closes.
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: pool), .init(service: server), .init(service: readiness)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}
