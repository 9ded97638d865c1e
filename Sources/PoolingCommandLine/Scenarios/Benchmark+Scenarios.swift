internal import PoolingCore
internal import PoolingTestKit

extension Benchmark {
    func playSpike(
        _ pool: BenchPool, _ target: any BenchmarkTarget, _ progress: TerminalProgress, _ outcome: inout Outcome
    ) async throws {
        let (driver, url) = (pool.driver, pool.url)
        _ = try await target.reach()
        for workload in request.workloads {
            progress.show("\(driver.name) \(workload.rawValue), spike")
            try await target.prepare(workload)
            var report = try await target.play(
                SpikePlan(
                    workload: workload, requests: request.clients.first ?? 50, min: pool.min,
                    max: pool.configuration.max, connectDelay: request.connectDelay, serviceTime: request.serviceTime,
                    settings: pool.configuration))
            (report.pool, report.driver, report.url) = (pool.name, driver.name, url.shown)
            outcome.report.spikes = (outcome.report.spikes ?? []) + [report]
            if report.errors > 0, outcome.complaint == nil {
                outcome.complaint = "\(report.errors) requests of the spike failed on \(url.shown)"
            }
        }
    }

    func playOutages(
        _ pool: BenchPool, _ target: any BenchmarkTarget, _ progress: TerminalProgress, _ outcome: inout Outcome
    ) async throws {
        let (driver, url) = (pool.driver, pool.url)
        let way = try ProxiedURL(url, defaultPort: driver.defaultPort)
        defer { way.proxy.stop() }
        _ = try await target.reach()
        var detour = pool
        detour.written.url.text = way.text
        var proxied = try open(detour)
        if let time = request.serviceTime { proxied = proxied.holding(time, ServiceTally()) }
        let proxy = way.proxy
        var settings = pool.configuration
        // So that several attempts fit into the outage.
        if pool.isUsual("connectTimeout") { settings.connectTimeout = .seconds(1) }
        for workload in request.workloads {
            try await target.prepare(workload)
            for kind in OutageKind.allCases {
                progress.show("\(driver.name) \(workload.rawValue), outage (\(kind.rawValue))")
                let plan = OutagePlan(
                    workload: workload, clients: request.clients.first ?? 8, min: pool.min,
                    max: pool.configuration.max, length: request.outage,
                    acquireTimeout: pool.configuration.acquireTimeout, calm: .milliseconds(500),
                    settings: settings)
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
                (report.pool, report.driver, report.url) = (pool.name, driver.name, url.shown)
                outcome.report.outages = (outcome.report.outages ?? []) + [report]
                if report.recovery == nil, outcome.complaint == nil {
                    outcome.complaint = "the pool did not come back within a minute after the outage of \(url.shown)"
                }
            }
        }
    }
}
