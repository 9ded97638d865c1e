internal import ArgumentParser
internal import Dispatch
internal import Synchronization

/// The engine alone, over connections to nothing. `main` is not async: valgrind can't follow a program that begins as a
/// task.
@main struct EngineWorkloads: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-workloads",
        abstract: "What lending costs, apart from any database.",
        subcommands: [Table.self, Observers.self, Memory.self, Round.self, Cycles.self], defaultSubcommand: Table.self)

    /// Runs a task to its end from outside of any.
    static func block(_ body: @escaping @Sendable () async throws -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        let box = Box(failure)
        Task.detached {
            do { try await body() } catch { box.value.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = box.value.withLock({ $0 }) { throw error }
    }

    private final class Box: Sendable {
        let value: Mutex<(any Error)?>
        init(_ value: consuming Mutex<(any Error)?>) { self.value = value }
    }
}

/// All the tables.
struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Speed, fairness, length of the queue, allocations.")

    @Option(help: "How often each workload runs; the median is shown.") var runs = 5

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs must be at least 1") }
    }

    func run() throws {
        let runs = runs
        try EngineWorkloads.block {
            var report = EngineReport(runs: runs)
            try await report.run()
        }
    }
}

/// What observers cost.
struct Observers: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "What each observer adds to a loan, turn by turn.")

    @Option(help: "How often each workload runs; the median is shown.") var runs = 9

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs must be at least 1") }
    }

    func run() throws {
        let runs = runs
        try EngineWorkloads.block { try await ObserverReport.run(runs) }
    }
}

/// A process of its own: what the other tables leave in the heap must not count.
struct Memory: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ten thousand pools: memory, threads, and wake-ups.")

    @Option(help: "Seconds during which nobody uses them.") var idle = 5

    func run() throws {
        let idle = idle
        try EngineWorkloads.block {
            print(try await Tenants.measure().text)
            print(try await Footprint.measure(idleFor: idle).text)
        }
    }
}

/// One run of each workload, for the table of the peers.
struct Round: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The cache line and each workload once; a line of name, tab, ns for each.")

    func run() throws {
        try EngineWorkloads.block {
            if let line = MachineHealth.now().pinned { print("cache line\t\(line)") }
            for workload in Workload.all {
                let pool = try await EnginePool(connections: workload.connections)
                _ = try await Run.nanoseconds(workload, of: pool)
                print("\(workload.name)\t\(try await Run.nanoseconds(workload, of: pool))")
                await pool.end()
                guard workload.yields else { continue }
                _ = try await Run.nanoseconds(workload, of: NoPool())
                print("\(workload.name) no pool\t\(try await Run.nanoseconds(workload, of: NoPool()))")
            }
        }
    }
}
