internal import Histogram
internal import PoolingCore
internal import PoolingTestKit

/// One time through: what the pool can do at most, what an acquire costs where nobody waits, and then each load, foretold
/// and measured.
struct PredictionRound {
    let target: any BenchmarkTarget
    let service: TimeDistribution
    let tally: ServiceTally
    let plan: RunPlan

    private(set) var saturation = 0.0
    /// Microseconds, as is everything here.
    private(set) var meanHold = 0.0
    private(set) var overhead = 0.0
    private(set) var loads: [Load] = []
    private(set) var errors = 0

    struct Load {
        var rate: Double
        var predicted: BenchReport.Distribution
        var measured: BenchReport.Distribution
    }

    init(target: any BenchmarkTarget, service: TimeDistribution, tally: ServiceTally, plan: RunPlan) {
        (self.target, self.service, self.tally, self.plan) = (target, service, tally, plan)
    }

    /// - Parameter shares: of what the pool can do.
    func played(at shares: [Double]) async throws -> PredictionRound {
        var round = self
        _ = tally.take()
        round.saturation = try await round.measure(plan).throughput
        guard round.saturation > 0 else { throw NothingDone() }
        round.meanHold = ReportNumber.rounded(Double(plan.max) * 1e6 / round.saturation)
        // What a connection is kept for beyond what was drawn: known without what chance does to the mean.
        let extra = round.meanHold * 1e3 - (tally.take() ?? service.mean)
        var calm = plan
        (calm.clients, calm.rate) = (0, Swift.max(round.saturation / 20, 1))
        round.overhead = try await round.measure(calm).acquire.p50
        for share in shares {
            let rate = round.saturation * share
            var loaded = calm
            loaded.rate = rate
            let measured = try await round.measure(loaded)
            let predicted = try await BlockingExecutor.shared.run { [round] in round.forecast(loaded, extra: extra) }
            round.loads.append(
                Load(rate: ReportNumber.rounded(rate), predicted: predicted, measured: measured.acquire))
        }
        return round
    }

    private mutating func measure(_ plan: RunPlan) async throws -> BenchReport.Run {
        let run = BenchReport.Run(plan, try await target.run(plan), driver: "", url: "", server: "")
        errors += run.errors + (run.dropped ?? 0)
        return run
    }

    /// What the shipped engine makes of the same requests on a virtual clock: when they come and how long they sleep is
    /// known, and of the machine what a connection is kept for beyond that, and what it costs to get one.
    private func forecast(_ plan: RunPlan, extra: Double) -> BenchReport.Distribution {
        let rate = plan.rate ?? 1
        var configuration = plan.settings
        (configuration.min, configuration.max) = (plan.min, plan.max)
        var script = ForecastScript(
            configuration: configuration, rate: rate, service: service, connect: .constant(5_000_000),
            duration: plan.duration.nanoseconds)
        script.warmup = plan.warmup.nanoseconds
        // What validating and resetting take is in what was measured.
        script.roundTrip = 0
        script.known = .init(series: RequestSeries(rate: rate, seed: plan.seed), extraService: Int64(extra))
        var waits = Histogram<UInt32>(highestTrackableValue: ClientRecord.longest)
        let added = Int64(overhead * 1e3)
        _ = Forecast.run(script) { wait in
            waits.record(Swift.min(UInt64(Swift.max(wait, 0) + added), ClientRecord.longest))
        }
        return BenchReport.Distribution([waits])
    }
}

/// A pool that was always busy has done nothing.
struct NothingDone: Error, CustomStringConvertible {
    var description: String { "no operation ended while the pool was busy: there is nothing to foretell" }
}
