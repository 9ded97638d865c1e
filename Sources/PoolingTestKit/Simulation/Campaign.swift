/// Many scripts, until they have changed the state of machines so many times in all.
package struct Campaign: Sendable {
    package struct Failure: Sendable, Hashable, CustomStringConvertible {
        package var seed: UInt64
        /// What `make simulate` has to be told to play the same.
        package var part = "machine"
        package var message: String
        package var tail: [String]

        package var description: String {
            """
            \(message)
            \(tail.joined(separator: "\n"))
            \(message)
            To see all of it: make simulate PART=\(part) SEED=\(seed)
            """
        }
    }

    package private(set) var changes = 0
    package private(set) var events = 0
    package private(set) var scripts = 0
    package private(set) var coverage = Coverage<RareBranch>()
    package private(set) var failures: [Failure] = []
    /// A hash of all traces, in order.
    package private(set) var hash: UInt64 = 0

    package init() {}

    /// Plays the scripts of `seed`, `seed + stride`, … until they have made `count` changes, or enough of them failed.
    package mutating func run(
        from seed: UInt64, stride: UInt64 = 1, count: Int, mode: SimulationMode = .both, failuresAllowed: Int = 0
    ) {
        var seed = seed
        while changes < count, failures.count <= failuresAllowed {
            play(seed, mode)
            seed &+= stride
        }
    }

    package mutating func play(_ seed: UInt64, _ mode: SimulationMode = .both) {
        let simulation = Simulation(script: Script(seed: seed))
        simulation.run(mode)
        scripts += 1
        changes += simulation.changes
        events += simulation.steps
        coverage.add(simulation.coverage)
        coverage.reached(.lostClaim, times: simulation.slots.lostClaims)
        coverage.reached(.recalledLoan, times: simulation.slots.recalledLoans)
        hash = (hash &* 31) ^ simulation.trace.hash
        guard simulation.violation != nil else { return }
        // Once more, now with words: a script is the same each time.
        let again = Simulation(script: Script(seed: seed), keepsTrace: true)
        again.run(mode)
        failures.append(Failure(seed: seed, message: again.describe(), tail: Array(again.trace.lines.suffix(40))))
    }
}
