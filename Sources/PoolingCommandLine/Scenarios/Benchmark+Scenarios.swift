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
}
