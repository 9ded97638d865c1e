internal import PoolingCore

/// All runs of one `pooling bench`, one after the other.
struct Benchmark {
    var request: BenchRequest
    var registry: DriverRegistry

    struct Outcome {
        var report: BenchReport
        /// What went wrong in runs that were carried out nevertheless.
        var complaint: String?
    }

    func run() async throws -> Outcome {
        let progress = TerminalProgress()
        defer { progress.clear() }
        let folder = try TemporaryFolder()
        var outcome = Outcome(
            report: BenchReport(durationSeconds: request.duration.inSeconds, runs: [], ratios: []))
        let pools =
            request.pools.isEmpty
            ? [request.embedded?.embedded(inFolder: folder.path)].compactMap(\.self) : request.pools
        if request.scenario == nil, pools.count > 1 { try await reachAll(pools, progress) }
        for pool in pools {
            var target = try open(pool)
            let tally = ServiceTally()
            if request.scenario != .spike, let time = request.serviceTime { target = target.holding(time, tally) }
            do {
                switch request.scenario {
                case nil: try await measure(pool, target, progress, &outcome)
                case .spike: try await playSpike(pool, target, progress, &outcome)
                case .outage: try await playOutages(pool, target, progress, &outcome)
                case .prediction: try await playPredictions(pool, target, tally, progress, &outcome)
                }
            } catch {
                await target.cleanUp()
                throw failure(error, pool)
            }
            await target.cleanUp()
        }
        return outcome
    }

    /// Before the first is measured for minutes, and the result lost because of the last.
    private func reachAll(_ pools: [BenchPool], _ progress: TerminalProgress) async throws {
        for pool in pools {
            progress.show("\(pool.driver.name) …")
            let target = try open(pool)
            do { _ = try await target.reach() } catch { throw failure(error, pool) }
        }
    }

    func open(_ pool: BenchPool) throws(CommandFailure) -> any BenchmarkTarget {
        // Found out before anything is made in a database. One connection is what the other modes need of a driver.
        try pool.written.open(request.modes.contains(.pooled) ? pool.configuration : PoolConfiguration(max: 1))
    }

    func executors(of target: any BenchmarkTarget, _ pool: BenchPool) throws(CommandFailure) -> [ClientExecutor] {
        let executors = request.executors.filter { $0 == .default || target.hasExecutor }
        if executors.isEmpty {
            throw .usage("--executor driver: driver \(pool.driver.name) has none of its own")
        }
        return executors
    }

    private func measure(
        _ pool: BenchPool, _ target: any BenchmarkTarget, _ progress: TerminalProgress, _ outcome: inout Outcome
    ) async throws {
        let (driver, url) = (pool.driver, pool.url)
        let server = try await target.reach()
        let executors = try executors(of: target, pool)
        let plans = plans(pool, executors)
        var runs: [BenchReport.Run] = []
        for (index, plan) in plans.enumerated() {
            progress.show("[\(index + 1)/\(plans.count)] \(driver.name) \(plan.description)")
            try await target.prepare(plan.workload)
            let measured = try await target.run(plan)
            var run = BenchReport.Run(plan, measured, driver: driver.name, url: url.shown, server: server)
            run.pool = pool.name
            run.serviceTime = request.serviceTime?.text
            runs.append(run)
            if let dropped = run.dropped, dropped > 0, outcome.complaint == nil {
                outcome.complaint =
                    "\(dropped) operations of \(plan.description) were not begun on \(url.shown), since "
                    + "\(OpenLoop.mostUnderWay) were under way: the rate is more than it can do"
            }
            if run.errors > 0, outcome.complaint == nil,
                let first = measured.clients.lazy.compactMap(\.firstError).first
            {
                outcome.complaint =
                    "\(run.errors) operations of \(plan.description) failed on \(url.shown); the first: "
                    + url.redact("\(first)")
            }
        }
        outcome.report.runs += runs
        outcome.report.ratios += BenchReport.ratios(of: runs)
        let found = Recommendation.all(from: runs)
        if !found.isEmpty { outcome.report.recommendations = (outcome.report.recommendations ?? []) + found }
    }

    /// Modes and sizes innermost, so that what is compared is measured close together in time.
    private func plans(_ pool: BenchPool, _ executors: [ClientExecutor]) -> [RunPlan] {
        var plans: [RunPlan] = []
        func add(_ workload: Workload, _ mode: ConnectionMode, _ executor: ClientExecutor, clients: Int, rate: Double?)
        {
            // Without a pool its size makes no difference.
            for max in mode == .pooled ? pool.maxes : Array(pool.maxes.prefix(1)) {
                plans.append(
                    RunPlan(
                        workload: workload, mode: mode, executor: executor, clients: clients, rate: rate,
                        min: pool.min, max: max, duration: request.duration, warmup: request.warmup,
                        pool: pool.name ?? "bench", settings: pool.configuration))
            }
        }
        for workload in request.workloads {
            for executor in executors {
                for rate in request.rates { add(workload, .pooled, executor, clients: 0, rate: rate) }
                guard request.rates.isEmpty else { continue }
                for clients in request.clients {
                    for mode in request.modes { add(workload, mode, executor, clients: clients, rate: nil) }
                }
            }
        }
        return plans
    }

    private func failure(_ error: any Error, _ pool: BenchPool) -> CommandFailure {
        let url = pool.url
        let shown = pool.name.map { "\(url.shown) (\($0))" } ?? url.shown
        return switch error {
        case let failure as CommandFailure:
            failure
        case let unreachable as Unreachable:
            CommandFailure(
                kind: .unreachable,
                message: "cannot connect to \(shown): \(url.redact("\(unreachable.cause)"))")
        case let unprepared as Unprepared:
            CommandFailure(
                kind: .failed,
                message: "the data set could not be made in \(shown): \(url.redact("\(unprepared.cause)"))")
        default:
            CommandFailure(kind: .failed, message: "\(shown): \(url.redact("\(error)"))")
        }
    }
}
