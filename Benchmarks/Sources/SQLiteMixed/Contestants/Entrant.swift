internal import PoolingCore

/// A contestant, and where its clients live.
struct Entrant: Sendable {
    /// As in `--contestant` and in reports.
    var name: String
    var clients: ClientKind
    /// Opens the database, runs the load on it and closes it.
    var run: @Sendable (Course) async throws -> Measurement

    /// What the others are compared with.
    static func isBaseline(_ name: String, _ clients: ClientKind) -> Bool {
        name == "grdb" && clients == .onDefaultExecutor
    }

    /// In the order in which they run.
    static let all: [Entrant] = [
        Entrant("database", .onDriverExecutor) { try await DatabaseContestant(path: $0, settings: $1) },
        Entrant("database", .onDefaultExecutor) { try await DatabaseContestant(path: $0, settings: $1) },
        Entrant("pool", .onDriverExecutor) { try await PoolContestant(path: $0, settings: $1) },
        Entrant("pool", .onDefaultExecutor) { try await PoolContestant(path: $0, settings: $1) },
        Entrant("grdb", .onDefaultExecutor) { try GRDBContestant(path: $0, settings: $1) },
        Entrant(threads: "grdb-blocking") { try BlockingGRDBContestant(path: $0, settings: $1) },
    ]

    private init<C: Contestant>(
        _ name: String, _ clients: ClientKind,
        _ open: @escaping @Sendable (_ path: String, ConnectionSettings) async throws -> C
    ) {
        self.name = name
        self.clients = clients
        let executor = clients == .onDriverExecutor ? BlockingExecutor.shared : nil
        run = { course in
            let contestant = try await open(course.path, course.settings)
            return try await course.measure(close: { try await contestant.close() }) { plan in
                await TaskClients(contestant: contestant, executor: executor).run(plan)
            }
        }
    }

    private init<C: BlockingContestant>(
        threads name: String, _ open: @escaping @Sendable (_ path: String, ConnectionSettings) throws -> C
    ) {
        self.name = name
        clients = .threads
        run = { course in
            let contestant = try open(course.path, course.settings)
            return try await course.measure(close: { try contestant.close() }) { plan in
                await ThreadClients(contestant: contestant).run(plan)
            }
        }
    }
}

/// Where clients live.
enum ClientKind: String, Codable, Sendable {
    /// Tasks on the executor on which the driver makes its calls.
    case onDriverExecutor = "driver"
    /// Tasks on Swift's default one.
    case onDefaultExecutor = "default"
    case threads
}
