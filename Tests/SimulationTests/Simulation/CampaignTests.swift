import PoolingTestKit
import Testing

@Suite(.serialized) struct CampaignTests {
    /// State-changing events in all, split over tests that run in parallel.
    static let budget = 1_000_000
    static let parts = 4

    @Test(arguments: 0..<parts)
    func `a million changes of state break no invariant, and reach every rare branch`(part: Int) async {
        let campaign = await onItsOwnThread {
            var campaign = Campaign()
            campaign.run(from: UInt64(part + 1), stride: UInt64(Self.parts), count: Self.budget / Self.parts)
            return campaign
        }
        for failure in campaign.failures { Issue.record("\(failure)") }
        #expect(campaign.coverage.missing == [], "sometimes: \(campaign.coverage.table)")
    }

    /// Seeds that found a fault once.
    @Test(arguments: [
        1036, 1006, 2001, 2008, 3007, 3025, 3029, 3048, 3049, 4000, 4001, 4063, 4102, 5000, 5024, 5062, 5106, 6001,
        6009,
        6056, 6067, 20076, 700_253, 5_010_304, 100_017_299, 200_059_117, 800_006_466,
    ])
    func `a seed that found a fault finds none now`(seed: UInt64) {
        for mode in SimulationMode.allCases {
            let simulation = Simulation(script: Script(seed: seed))
            simulation.run(mode)
            #expect(simulation.violation == nil, "\(simulation.describe())")
        }
    }

    @Test(arguments: Lie.allCases)
    func `violations are found: a simulation that lies is caught`(lie: Lie) {
        var caught: String?
        for seed in 1...400 where caught == nil {
            let simulation = Simulation(script: Script(seed: UInt64(seed)), lie: lie)
            simulation.run(.both)
            caught = simulation.violation
        }
        #expect(caught != nil)
    }
}
