internal import PoolingCore

/// The result of `pooling check` as JSON, schema 1.
struct CheckReport: Codable, Sendable, Equatable {
    var schema = 1
    var instances: Int
    /// Nothing was connected to.
    var isDryRun: Bool
    var pools: [Pool] = []

    enum CodingKeys: String, CodingKey {
        case schema, instances, pools
        case isDryRun = "dry_run"
    }

    struct Pool: Codable, Sendable, Equatable {
        var name: String
        var driver: String
        /// Without passwords.
        var url: String
        var min: Int
        var max: Int
        /// Why it can't be reached; nil: it can, or nobody tried.
        var unreachable: String?
        /// What went wrong although it was reached.
        var problem: String?
        var backend: Backend?
        var advice: [Advice] = []
    }

    struct Backend: Codable, Sendable, Equatable {
        var version: String
        var encryption: String?
        /// Medians, microseconds.
        var connect: Double
        var validate: Double
        var acquire: Double
        var maxConnections: Int?
        var reservedConnections: Int?
        var connectionsInUse: Int?
        var idleTimeout: Double?
        var maxPreparedStatements: Int?
        var settings: [String: String]

        enum CodingKeys: String, CodingKey {
            case version, encryption, settings
            case connect = "connect_us"
            case validate = "validate_us"
            case acquire = "acquire_us"
            case maxConnections = "max_connections"
            case reservedConnections = "reserved_connections"
            case connectionsInUse = "connections_in_use"
            case idleTimeout = "idle_timeout_s"
            case maxPreparedStatements = "max_prepared_statements"
        }

        init(_ checkup: Checkup) {
            func microseconds(_ nanoseconds: Int64) -> Double { ReportNumber.rounded(Double(nanoseconds) / 1e3) }
            let facts = checkup.facts
            version = checkup.version
            encryption = facts.encryption
            connect = microseconds(checkup.connect)
            validate = microseconds(checkup.validate)
            acquire = microseconds(checkup.acquire)
            maxConnections = facts.maxConnections
            reservedConnections = facts.reservedConnections
            connectionsInUse = facts.connectionsInUse
            idleTimeout = facts.idleTimeout?.inSeconds
            maxPreparedStatements = facts.maxPreparedStatements
            settings = Dictionary(facts.settings.map { ($0.name, $0.value) }) { first, _ in first }
        }
    }

    init(_ checked: [CheckedPool], instances: Int, connects: Bool) async {
        self.instances = instances
        isDryRun = !connects
        for pool in checked {
            var found = Pool(
                name: pool.name, driver: pool.driver.name, url: pool.url.shown, min: pool.configuration.min,
                max: pool.configuration.max)
            if connects {
                do {
                    let checkup = try await pool.target.checkUp()
                    let neighbours = checked.filter { $0.server == pool.server }.map(\.configuration.max)
                    let together = pool.server == nil ? pool.configuration.max : neighbours.reduce(0, +)
                    found.backend = Backend(checkup)
                    found.advice = Advice.all(pool.configuration, checkup, instances: instances, together: together)
                } catch {
                    switch error {
                    case let error as Unreachable: found.unreachable = pool.url.redact("\(error.cause)")
                    case let error as PoolError: found.unreachable = pool.url.redact("\(error)")
                    default: found.problem = pool.url.redact("\(error)")
                    }
                }
            }
            pools.append(found)
        }
    }

    /// What scripts are told by the exit code.
    var failure: CommandFailure? {
        if let pool = pools.first(where: { $0.unreachable != nil }) {
            return CommandFailure(
                kind: .unreachable, message: "cannot connect to \(pool.url) (\(pool.name)): \(pool.unreachable ?? "")")
        }
        if let pool = pools.first(where: { $0.problem != nil }) {
            return CommandFailure(kind: .failed, message: "\(pool.url) (\(pool.name)): \(pool.problem ?? "")")
        }
        let wrong = pools.flatMap(\.advice).filter { $0.weight == .wrong }
        guard let first = wrong.first else { return nil }
        return CommandFailure(kind: .failed, message: first.text)
    }
}
