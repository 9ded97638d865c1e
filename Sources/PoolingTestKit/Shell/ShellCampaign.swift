/// Many scripts for the whole pool, until they have changed the state of pools so many times in all.
package struct ShellCampaign: Sendable {
    package private(set) var changes = 0
    package private(set) var steps = 0
    package private(set) var scripts = 0
    package private(set) var coverage = Coverage<ShellBranch>()
    package private(set) var failures: [Campaign.Failure] = []
    /// A hash of all traces, in order.
    package private(set) var hash: UInt64 = 0

    package init() {}

    /// Plays the scripts of `seed`, `seed + stride`, … until they have made `count` changes, or enough of them failed.
    /// - Parameter isWanted: those that it is false for are left out.
    package mutating func run(
        from seed: UInt64, stride: UInt64 = 1, count: Int, mode: SimulationMode = .both, failuresAllowed: Int = 0,
        where isWanted: (ShellScript) -> Bool = { _ in true }
    ) {
        var seed = seed
        while changes < count, failures.count <= failuresAllowed {
            if isWanted(ShellScript(seed: seed)) { play(seed, mode) }
            seed &+= stride
        }
    }

    package mutating func play(_ seed: UInt64, _ mode: SimulationMode = .both) {
        let simulation = ShellSimulation(script: ShellScript(seed: seed))
        simulation.run(mode)
        scripts += 1
        changes += simulation.changes
        steps += simulation.steps
        coverage.add(simulation.world.coverage)
        hash = (hash &* 31) ^ simulation.world.trace.hash
        guard simulation.violation != nil else { return }
        // Once more, now with words: a script is the same each time.
        let again = ShellSimulation(script: ShellScript(seed: seed), keepsTrace: true)
        again.run(mode)
        failures.append(
            Campaign.Failure(
                seed: seed, part: "shell", message: again.describe(), tail: Array(again.world.trace.lines.suffix(40))))
    }
}
