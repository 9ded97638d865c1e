internal import ArgumentParser

/// One workload and nothing else, for programs that count what a process does.
struct Cycles: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "One workload with so many cycles, and nothing printed.")

    enum Who: String, ExpressibleByArgument { case pool, minimal, none }

    @Option(help: "W1 to W5.") var workload = "W1"
    @Option(help: "pool, minimal or none.") var contestant = Who.pool
    @Option(help: "Who observes the pool.") var observer = ObserverChoice.none
    @Option(help: "Cycles of all tasks together, give or take their number.") var count = 100_000
    @Option(help: "Milliseconds in which nobody uses the pool before.") var idle = 0

    func validate() throws {
        guard Workload.all.contains(where: { $0.name == workload }) else {
            throw ValidationError("--workload \(workload): unknown; W1 to W5 are there")
        }
        guard count > 0, idle >= 0 else { throw ValidationError("--count must be at least 1, --idle at least 0") }
    }

    func run() throws {
        guard var workload = Workload.all.first(where: { $0.name == workload }) else { return }
        let (contestant, idle, observer) = (contestant, idle, observer)
        workload.cycles = max(count / workload.tasks, 1)
        try EngineWorkloads.block { [workload] in
            switch contestant {
            case .pool:
                let pool = try await EnginePool(connections: workload.connections, observers: observer.observers)
                if idle > 0 { try await Task.sleep(for: .milliseconds(idle)) }
                _ = try await Run.nanoseconds(workload, of: pool)
                await pool.end()
            case .minimal:
                _ = try await Run.nanoseconds(workload, of: MinimalPool(connections: workload.connections))
            case .none: _ = try await Run.nanoseconds(workload, of: NoPool())
            }
        }
    }
}
