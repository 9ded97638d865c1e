import ArgumentParser
import PoolingTestKit

/// How much of the engine is played.
enum Part: String, ExpressibleByArgument, CaseIterable {
    case machine, shell

    struct Replay {
        var lines: [String]
        var description: String
        var hash: UInt64
        var changes: Int
        var isWell: Bool
    }

    func replay(_ seed: UInt64, _ mode: SimulationMode) -> Replay {
        switch self {
        case .machine:
            let simulation = Simulation(script: Script(seed: seed), keepsTrace: true)
            simulation.run(mode)
            return Replay(
                lines: simulation.trace.lines, description: simulation.describe(), hash: simulation.trace.hash,
                changes: simulation.changes, isWell: simulation.violation == nil)
        case .shell:
            let simulation = ShellSimulation(script: ShellScript(seed: seed), keepsTrace: true)
            simulation.run(mode)
            return Replay(
                lines: simulation.world.trace.lines, description: simulation.describe(),
                hash: simulation.world.trace.hash, changes: simulation.changes, isWell: simulation.violation == nil)
        }
    }

    struct Result {
        var scripts: Int
        var changes: Int
        var events: Int
        var coverage: String
        var failures: [Campaign.Failure]
    }

    func campaign(_ first: UInt64, _ count: Int, _ mode: SimulationMode, _ failuresAllowed: Int) -> Result {
        switch self {
        case .machine:
            var campaign = Campaign()
            campaign.run(from: first, count: count, mode: mode, failuresAllowed: failuresAllowed)
            return Result(
                scripts: campaign.scripts, changes: campaign.changes, events: campaign.events,
                coverage: campaign.coverage.table, failures: campaign.failures)
        case .shell:
            var campaign = ShellCampaign()
            campaign.run(from: first, count: count, mode: mode, failuresAllowed: failuresAllowed)
            return Result(
                scripts: campaign.scripts, changes: campaign.changes, events: campaign.steps,
                coverage: campaign.coverage.table, failures: campaign.failures)
        }
    }
}
