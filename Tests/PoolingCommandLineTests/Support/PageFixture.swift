import Foundation

@testable import PoolingCommandLine

/// A report with everything that one can have, from nothing that was measured.
enum PageFixture {
    static let hostile = "postgres://app:***@db/<script>alert('x')</script>?a=\"b\"&c=d"

    private static let prediction = """
        {"driver": "sqlite", "url": "sqlite:/data/app.db", "workload": "point-select", "executor": "default", "min": 4,
         "max": 4, "rounds": 3, "service_time": "exponential:2ms", "saturation_per_s": 1234.5, "mean_hold_us": 3240,
         "overhead_us": 17, "loads": [{"load": 0.7, "rate_per_s": 864, "wait_p50_us": {"predicted": 310, "measured": 330},
         "wait_p99_us": {"predicted": 9100, "measured": 8200}}]}
        """

    static var report: BenchReport {
        var runs: [BenchReport.Run] = []
        for (driver, url) in [("sqlite", "sqlite:/data/app.db"), ("postgres", hostile)] {
            for workload in ["point-select", "read-write"] {
                for executor in ["driver", "default"] {
                    for clients in [1, 16] {
                        for (mode, max, throughput) in [
                            ("pooled", 2, 9_000.0), ("pooled", 4, 18_500), ("pooled", 8, 19_000),
                            ("dedicated", 2, 20_000), ("unpooled", 2, 500),
                        ] {
                            runs.append(
                                run(driver, url, workload, executor, clients, mode, max, throughput))
                        }
                    }
                }
            }
        }
        runs[4].errors = 7
        var report = BenchReport(durationSeconds: 3, runs: runs, ratios: BenchReport.ratios(of: runs))
        report.recommendations = report.runs.map(\.url).withoutRepetitions.flatMap { url in
            Recommendation.all(from: runs.filter { $0.url == url })
        }
        report.changes = runs.prefix(5).compactMap { run in
            var before = run
            before.throughput *= 0.9
            before.slices = run.slices?.map { $0 * 0.9 }
            return Change(from: before, to: run)
        }
        report.spikes = [
            SpikeReport(
                driver: "sqlite", url: "sqlite:/data/app.db", workload: "point-select", requests: 50, min: 5, max: 50,
                connectDelay: 150_000, serviceTime: 2000,
                acquire: .init(mean: 9000, p50: 8000, p95: 15_000, p99: 17_000, p999: 18_000, max: 18_000),
                duration: 21_000, errors: 0, connectionsAtEnd: 6)
        ]
        report.outages = [
            OutageReport(
                driver: "postgres", url: hostile, kind: "cut", workload: "point-select", clients: 8, min: 2, max: 8,
                length: 5_000_000, acquireTimeout: 1_000_000, timedOut: 12, refusedAtOnce: 2345, latest: 1200,
                recovery: 180_000, backoffStep: 400_000, lost: 3)
        ]
        report.predictions = [try? JSONDecoder().decode(PredictionReport.self, from: Data(prediction.utf8))]
            .compactMap(\.self)
        report.runs[0].serviceTime = "exponential:2ms"
        report.complaint = "7 operations failed; the first: <b>no</b>"
        report.circumstances = Circumstances(
            processor: "A processor", cores: 2, memoryBytes: 8 << 30, system: "Linux", swift: "6.3", build: "debug",
            began: "2026-11-22T07:00:00Z", command: "pooling bench --url 'a<b>&c'", loadAtBegin: 0.5, loadAtEnd: 1.5)
        return report
    }

    static func rates(_ rates: [Double]) -> BenchReport {
        let runs = rates.map { rate in
            var run = run("sqlite", "sqlite:/data/app.db", "point-select", "default", 0, "pooled", 4, rate * 0.98)
            run.rate = rate
            run.dropped = 3
            return run
        }
        return BenchReport(durationSeconds: 3, runs: runs, ratios: [])
    }

    static func run(
        _ driver: String, _ url: String, _ workload: String, _ executor: String, _ clients: Int, _ mode: String,
        _ max: Int, _ throughput: Double
    ) -> BenchReport.Run {
        let latency = 1e6 * Double(clients + 1) / throughput
        let isPooled = mode == "pooled"
        let percentiles = [0, 50, 90, 99, 99.9, 99.99, 100.0]
        let operations = Int(throughput * 3)
        let parts = (0..<60).map { Double($0 % 7) }
        return BenchReport.Run(
            driver: driver, url: url, server: "1.2 <beta>", workload: workload, mode: mode, executor: executor,
            clients: clients, min: 0, max: max, operations: operations, errors: 0, throughput: throughput,
            latency: .init(
                mean: latency, p50: latency, p95: latency * 2, p99: latency * 3, p999: latency * 5, max: latency * 20),
            acquire: .init(
                mean: latency / 9, p50: latency / 9, p95: latency / 8, p99: latency / 7, p999: latency / 6, max: latency
            ),
            connects: max, peakConnections: max, peakWaiting: 3,
            operationsPerClient: .init(
                min: operations / Swift.max(clients, 1) * 9 / 10, max: operations / Swift.max(clients, 1) * 11 / 10),
            slices: (0..<10).map { throughput * (1 + Double($0 % 3 - 1) / 50) },
            series: RunSeries(
                part: 0.05, throughput: parts.map { throughput * (1 + ($0 - 3) / 40) },
                wait: parts.map { $0 == 5 ? nil : latency / 9 + $0 },
                open: isPooled ? parts.map { _ in Double(max) } : nil,
                leased: isPooled ? parts.map { $0 == 6 ? nil : Swift.min($0, Double(max)) } : nil,
                waiting: isPooled ? parts.map { Swift.max(0, $0 - Double(max)) } : nil),
            curves: PercentileCurves(
                percentiles: percentiles, latency: [0.8, 1, 1.5, 3, 5, 12, 20].map { $0 * latency },
                acquire: [0.01, 0.1, 0.12, 0.14, 0.3, 2, 9].map { $0 * latency }),
            settings: isPooled ? ["min": "0", "max": "\(max)", "acquireTimeout": "30 s"] : nil)
    }
}
