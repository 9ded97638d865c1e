import ArgumentParser
import PoolingTestKit

/// Plays random scripts against the shipped state machine under a virtual clock, and checks its invariants.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Plays random scripts against the pool's state machine and checks its invariants after every event.")

    @Option(help: "State-changing events in all.")
    var count = 1_000_000

    @Option(help: "Plays the one script of this seed.")
    var seed: UInt64?

    @Option(help: "The first seed, when many are played.")
    var first: UInt64 = 1

    @Flag(help: "Prints each step (with --seed).")
    var trace = false

    @Option(help: "safety: nothing bad happens. liveness: once faults stop, good things do. both.")
    var mode = SimulationMode.both

    @Option(help: "Goes on after so many failed scripts.")
    var failuresAllowed = 0

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be at least 1.") }
    }

    func run() throws {
        if let seed { try replay(seed) } else { try campaign() }
    }

    private func replay(_ seed: UInt64) throws {
        let simulation = Simulation(script: Script(seed: seed), keepsTrace: trace)
        simulation.run(mode)
        for line in simulation.trace.lines { print(line) }
        print(simulation.describe())
        print("trace \(String(simulation.trace.hash, radix: 16)), \(simulation.changes) changes")
        if simulation.violation != nil { throw ExitCode(1) }
    }

    private func campaign() throws {
        let clock = ContinuousClock()
        let began = clock.now
        var campaign = Campaign()
        campaign.run(from: first, count: count, mode: mode, failuresAllowed: failuresAllowed)
        let took = clock.now - began
        for failure in campaign.failures { print("\(failure)\n") }
        let perSecond =
            Double(campaign.events) / (Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
        print(campaign.coverage.table)
        print(
            """
            \(campaign.scripts) scripts, \(campaign.changes) changes, \(campaign.events) events, \(took), \
            \(Int(perSecond)) events/s
            """)
        if !campaign.failures.isEmpty { throw ExitCode(1) }
    }
}

extension SimulationMode: ExpressibleByArgument {}
