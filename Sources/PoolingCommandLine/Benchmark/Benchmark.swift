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
        for (driver, url) in try targets(inFolder: folder.path) {
            var target = try open(driver, url)
            let tally = ServiceTally()
            if request.scenario != .spike, let time = request.serviceTime { target = target.holding(time, tally) }
            do {
                switch request.scenario {
                case nil: try await measure(driver, url, target, progress, &outcome)
                case .spike: try await playSpike(driver, url, target, progress, &outcome)
                case .outage: try await playOutages(driver, url, target, progress, &outcome)
                case .prediction: try await playPredictions(driver, url, target, tally, progress, &outcome)
                }
            } catch {
                await target.cleanUp()
                throw failure(error, driver, url)
            }
            await target.cleanUp()
        }
        return outcome
    }

    private func targets(inFolder folder: String) throws -> [(RegisteredDriver, TargetURL)] {
        if request.urls.isEmpty {
            guard let driver = registry.embedded, let url = driver.embeddedURL(folder) else {
                throw CommandFailure.usage("--url is missing: none of the drivers can do without")
            }
            return [(driver, TargetURL(url))]
        }
        return request.urls.compactMap { url in registry.driver(for: url).map { ($0, url) } }
    }

    func open(_ driver: RegisteredDriver, _ url: TargetURL) throws(CommandFailure) -> any BenchmarkTarget {
        // Found out before anything is made in a database. One connection is what the other modes need of a driver.
        let isPooled = request.modes.contains(.pooled)
        let configuration =
            isPooled ? PoolConfiguration(min: request.min, max: request.maxes.last ?? 1) : PoolConfiguration(max: 1)
        do {
            let target = try driver.open(url.text)
            try target.check(configuration)
            return target
        } catch {
            throw .usage("--url \(url.shown): \(url.redact("\(error)"))")
        }
    }

    private func measure(
        _ driver: RegisteredDriver, _ url: TargetURL, _ target: any BenchmarkTarget, _ progress: TerminalProgress,
        _ outcome: inout Outcome
    ) async throws {
        let server = try await target.reach()
        let executors = request.executors.filter { $0 == .default || target.hasExecutor }
        if executors.isEmpty {
            throw CommandFailure.usage("--executor driver: driver \(driver.name) has none of its own")
        }
        let plans = plans(executors)
        var runs: [BenchReport.Run] = []
        for (index, plan) in plans.enumerated() {
            progress.show("[\(index + 1)/\(plans.count)] \(driver.name) \(plan.description)")
            try await target.prepare(plan.workload)
            let measured = try await target.run(plan)
            var run = BenchReport.Run(plan, measured, driver: driver.name, url: url.shown, server: server)
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
    private func plans(_ executors: [ClientExecutor]) -> [RunPlan] {
        var plans: [RunPlan] = []
        func add(_ workload: Workload, _ mode: ConnectionMode, _ executor: ClientExecutor, clients: Int, rate: Double?)
        {
            // Without a pool its size makes no difference.
            for max in mode == .pooled ? request.maxes : Array(request.maxes.prefix(1)) {
                plans.append(
                    RunPlan(
                        workload: workload, mode: mode, executor: executor, clients: clients, rate: rate,
                        min: request.min, max: max, duration: request.duration, warmup: request.warmup))
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

    private func failure(_ error: any Error, _ driver: RegisteredDriver, _ url: TargetURL) -> CommandFailure {
        switch error {
        case let failure as CommandFailure:
            failure
        case let unreachable as Unreachable:
            CommandFailure(
                kind: .unreachable,
                message: "cannot connect to \(url.shown): \(url.redact("\(unreachable.cause)"))")
        case let unprepared as Unprepared:
            CommandFailure(
                kind: .failed,
                message: "the data set could not be made in \(url.shown): \(url.redact("\(unprepared.cause)"))")
        default:
            CommandFailure(kind: .failed, message: "\(url.shown): \(url.redact("\(error)"))")
        }
    }
}
