internal import PoolingTestKit

extension Benchmark {
    func playSpike(
        _ driver: RegisteredDriver, _ url: TargetURL, _ target: any BenchmarkTarget, _ progress: TerminalProgress,
        _ outcome: inout Outcome
    ) async throws {
        _ = try await target.reach()
        for workload in request.workloads {
            progress.show("\(driver.name) \(workload.rawValue), spike")
            try await target.prepare(workload)
            var report = try await target.play(
                SpikePlan(
                    workload: workload, requests: request.clients.first ?? 50, min: request.min,
                    max: request.maxes.last ?? 50, connectDelay: request.connectDelay, serviceTime: request.serviceTime)
            )
            (report.driver, report.url) = (driver.name, url.shown)
            outcome.report.spikes = (outcome.report.spikes ?? []) + [report]
            if report.errors > 0, outcome.complaint == nil {
                outcome.complaint = "\(report.errors) requests of the spike failed on \(url.shown)"
            }
        }
    }

    func playOutages(
        _ driver: RegisteredDriver, _ url: TargetURL, _ target: any BenchmarkTarget, _ progress: TerminalProgress,
        _ outcome: inout Outcome
    ) async throws {
        let way = try ProxiedURL(url, defaultPort: driver.defaultPort)
        defer { way.proxy.stop() }
        _ = try await target.reach()
        let proxied = try open(driver, TargetURL(way.text))
        let proxy = way.proxy
        for workload in request.workloads {
            try await target.prepare(workload)
            for kind in OutageKind.allCases {
                progress.show("\(driver.name) \(workload.rawValue), outage (\(kind.rawValue))")
                let plan = OutagePlan(
                    workload: workload, clients: request.clients.first ?? 8, min: request.min,
                    max: request.maxes.last ?? 8, length: request.outage, acquireTimeout: .seconds(1),
                    calm: .milliseconds(500))
                var report = try await proxied.play(plan, kind) {
                    switch kind {
                    case .cut:
                        proxy.change { $0.toServer.cutAfter = 0 }
                        proxy.resetConnections()
                    case .silent: proxy.change { $0.isBlackhole = true }
                    }
                } heal: {
                    proxy.change { faults in
                        faults.toServer.cutAfter = nil
                        faults.isBlackhole = false
                    }
                }
                (report.driver, report.url) = (driver.name, url.shown)
                outcome.report.outages = (outcome.report.outages ?? []) + [report]
                if report.recovery == nil, outcome.complaint == nil {
                    outcome.complaint = "the pool did not come back within a minute after the outage of \(url.shown)"
                }
            }
        }
    }

    func playPredictions(
        _ driver: RegisteredDriver, _ url: TargetURL, _ target: any BenchmarkTarget, _ progress: TerminalProgress,
        _ outcome: inout Outcome
    ) async throws {
        guard let serviceTime = request.serviceTime else { return }
        let service = serviceTime.distribution
        let server = try await target.reach()
        let executors = request.executors.filter { $0 == .default || target.hasExecutor }
        for workload in request.workloads {
            for executor in executors {
                var plan = RunPlan(
                    workload: workload, mode: .pooled, executor: executor, clients: request.clients.first ?? 64,
                    rate: nil,
                    min: request.min, max: request.maxes.last ?? 4, duration: request.duration, warmup: request.warmup)
                var errors = 0
                func measure(_ what: String) async throws -> BenchReport.Run {
                    progress.show("\(driver.name) \(workload.rawValue) on \(executor.rawValue) executor, \(what)")
                    try await target.prepare(workload)
                    let measured = try await target.run(plan)
                    let run = BenchReport.Run(plan, measured, driver: driver.name, url: url.shown, server: server)
                    errors += run.errors
                    return run
                }
                let saturated = try await measure("saturated")
                guard saturated.throughput > 0 else { continue }
                (plan.clients, plan.rate) = (0, saturated.throughput / 20)
                let calm = try await measure("hardly any load")
                var report = PredictionReport(
                    driver: driver.name, url: url.shown, workload: workload.rawValue, executor: executor.rawValue,
                    min: plan.min, max: plan.max, serviceTime: serviceTime.text,
                    saturation: saturated.throughput,
                    meanHold: ReportNumber.rounded(Double(plan.max) * 1e6 / saturated.throughput),
                    overhead: calm.acquire.p50)
                for load in request.loads {
                    let rate = saturated.throughput * load
                    plan.rate = rate
                    let measured = try await measure("load \(load)")
                    let foretold = PredictionReport.Load.forecast(
                        plan, rate: rate, service: service, meanHold: report.meanHold, overhead: report.overhead)
                    report.loads.append(
                        .init(
                            load: load, rate: ReportNumber.rounded(rate), predicted: foretold,
                            measured: measured.acquire,
                            errors: measured.errors))
                }
                outcome.report.predictions = (outcome.report.predictions ?? []) + [report]
                if errors > 0, outcome.complaint == nil {
                    outcome.complaint = "\(errors) operations failed on \(url.shown)"
                }
            }
        }
    }
}
