import ArgumentParser
import PoolingTestKit

/// Plays random scripts against the shipped engine under a virtual clock, and checks its invariants.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Plays random scripts against the pool's engine and checks its invariants after every step.")

    @Option(help: "machine: the state machine alone. shell: a whole pool, with its lock and tasks, on one thread.")
    var part = Part.machine

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

    @Flag(help: "Plays every outcome of each driver call times each moment of cancellation, instead of random scripts.")
    var matrix = false

    func run() throws {
        if matrix { return try playMatrix() }
        if let seed { try replay(seed) } else { try campaign() }
    }

    private func replay(_ seed: UInt64) throws {
        let replay = part.replay(seed, mode)
        for line in trace ? replay.lines[...] : replay.lines.suffix(replay.isWell ? 0 : 40) { print(line) }
        print(replay.description)
        print("trace \(String(replay.hash, radix: 16)), \(replay.changes) changes")
        if !replay.isWell { throw ExitCode(1) }
    }

    private func playMatrix() throws {
        var matrix = ShellMatrix()
        for number in 0..<ShellMatrix.Cell.count { matrix.play(ShellMatrix.Cell(number: number)) }
        for problem in matrix.problems.prefix(10) { print(problem) }
        print("\(matrix.plays) plays, \(matrix.steps) steps, \(matrix.problems.count) problems")
        print("served, timed out, cancelled: \(matrix.endings)")
        if !matrix.problems.isEmpty { throw ExitCode(1) }
    }

    private func campaign() throws {
        let clock = ContinuousClock()
        let began = clock.now
        let result = part.campaign(first, count, mode, failuresAllowed)
        let took = clock.now - began
        for failure in result.failures { print("\(failure)\n") }
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        print(result.coverage)
        print(
            """
            \(result.scripts) scripts, \(result.changes) changes, \(result.events) events, \(took), \
            \(Int(Double(result.changes) / seconds)) changes/s, \(Int(Double(result.events) / seconds)) events/s
            """)
        if !result.failures.isEmpty { throw ExitCode(1) }
    }
}

extension SimulationMode: ExpressibleByArgument {}
