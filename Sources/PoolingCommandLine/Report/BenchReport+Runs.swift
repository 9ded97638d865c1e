internal import Histogram

extension BenchReport.Run {
    init(_ plan: RunPlan, _ measured: RunMeasurement, driver: String, url: String, server: String) {
        self.driver = driver
        self.server = server
        workload = plan.workload.rawValue
        mode = plan.mode.rawValue
        executor = plan.executor.rawValue
        clients = plan.clients
        min = plan.min
        max = plan.max
        let counts = measured.clients.map(\.operations)
        operations = counts.reduce(0, +)
        errors = measured.clients.reduce(0) { $0 + $1.errors }
        throughput = ReportNumber.rounded(Double(operations) / plan.duration.inSeconds)
        latency = BenchReport.Distribution(measured.clients.map(\.latency))
        acquire = BenchReport.Distribution(measured.clients.map(\.acquire))
        connects = measured.connects
        peakConnections = measured.peakConnections
        peakWaiting = measured.peakWaiting
        operationsPerClient = BenchReport.Spread(min: counts.min() ?? 0, max: counts.max() ?? 0)
        let series = RunSeries(plan, measured)
        self.series = series
        slices = (0..<10).map { tenth in
            let parts = series.throughput.count / 10
            let sum = series.throughput[tenth * parts..<(tenth + 1) * parts].reduce(0, +)
            return ReportNumber.rounded(sum / Double(parts))
        }
        curves = PercentileCurves(latency: measured.clients.map(\.latency), acquire: measured.clients.map(\.acquire))
        settings = measured.pool.map(PoolSettingTexts.all)
        rate = plan.rate
        dropped = plan.rate == nil ? nil : measured.dropped
        arrived = plan.rate == nil ? nil : measured.arrived
        // Wrapped, and so last.
        self.url = url
    }
}

extension BenchReport.Distribution {
    /// Of nanoseconds, merged.
    init(_ histograms: [Histogram<UInt32>]) {
        self.init()
        guard var merged = histograms.first else { return }
        for histogram in histograms.dropFirst() { merged.add(histogram) }
        guard merged.totalCount > 0 else { return }
        func microseconds(_ nanoseconds: Double) -> Double { ReportNumber.rounded(nanoseconds / 1e3) }
        func percentile(_ p: Double) -> Double {
            microseconds(Double(Swift.min(merged.valueAtPercentile(p), merged.maxRecorded)))
        }
        mean = microseconds(merged.mean)
        p50 = percentile(50)
        p95 = percentile(95)
        p99 = percentile(99)
        p999 = percentile(99.9)
        max = microseconds(Double(merged.maxRecorded))
    }
}

extension BenchReport {
    /// Compares the modes of each group of runs that differ in nothing else.
    static func ratios(of runs: [Run]) -> [Ratio] {
        var ratios: [Ratio] = []
        for pooled in runs where pooled.mode == ConnectionMode.pooled.rawValue {
            func over(_ mode: ConnectionMode) -> Double? {
                let other = runs.first {
                    $0.mode == mode.rawValue && $0.place == pooled.place && $0.workload == pooled.workload
                        && $0.executor == pooled.executor && $0.clients == pooled.clients
                }
                guard let other, other.throughput > 0 else { return nil }
                return ReportNumber.rounded(pooled.throughput / other.throughput)
            }
            let (unpooled, dedicated) = (over(.unpooled), over(.dedicated))
            if unpooled == nil && dedicated == nil { continue }
            ratios.append(
                Ratio(
                    pool: pooled.pool, driver: pooled.driver, url: pooled.url, workload: pooled.workload,
                    executor: pooled.executor,
                    clients: pooled.clients, min: pooled.min, max: pooled.max, pooledOverUnpooled: unpooled,
                    pooledOverDedicated: dedicated))
        }
        return ratios
    }
}
