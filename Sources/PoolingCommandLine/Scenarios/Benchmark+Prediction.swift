internal import PoolingCore
internal import PoolingTestKit

extension Benchmark {
    func playPredictions(
        _ pool: BenchPool, _ target: any BenchmarkTarget, _ tally: ServiceTally, _ progress: TerminalProgress,
        _ outcome: inout Outcome
    ) async throws {
        let (driver, url) = (pool.driver, pool.url)
        guard let service = request.serviceTime else { return }
        _ = try await target.reach()
        let executors = try executors(of: target, pool)
        // So many that no connection is ever idle.
        let clients = Swift.max(request.clients.first ?? 64, 2 * pool.configuration.max)
        for workload in request.workloads {
            try await target.prepare(workload)
            for executor in executors {
                var rounds: [PredictionRound] = []
                for number in 1...request.rounds {
                    progress.show(
                        "[\(number)/\(request.rounds)] \(driver.name) \(workload.rawValue) on \(executor.rawValue) executor, "
                            + "prediction")
                    let plan = RunPlan(
                        workload: workload, mode: .pooled, executor: executor, clients: clients,
                        min: pool.min, max: pool.configuration.max, duration: request.duration,
                        warmup: request.warmup, seed: UInt64(number), pool: pool.name ?? "bench",
                        settings: pool.configuration)
                    let round = PredictionRound(target: target, service: service.distribution, tally: tally, plan: plan)
                    rounds.append(try await round.played(at: request.loads))
                }
                var report = PredictionReport(
                    rounds, driver: driver.name, url: url.shown, service: service, loads: request.loads)
                report.pool = pool.name
                outcome.report.predictions = (outcome.report.predictions ?? []) + [report]
                let errors = rounds.reduce(0) { $0 + $1.errors }
                if errors > 0, outcome.complaint == nil {
                    outcome.complaint = "\(errors) operations failed on \(url.shown)"
                }
            }
        }
    }
}
