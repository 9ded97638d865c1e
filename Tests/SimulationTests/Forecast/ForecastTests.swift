import Foundation
import PoolingCore
import Testing

@testable import PoolingTestKit

/// Predictions of the shipped engine on a virtual clock, against what queueing theory knows exactly.
@Suite struct ForecastTests {
    private func script(
        _ configuration: PoolConfiguration, rate: Double, service: TimeDistribution = .exponential(mean: 20_000_000),
        seconds: Int64 = 2000
    ) -> ForecastScript {
        var script = ForecastScript(
            configuration: configuration, rate: rate, service: service, connect: .constant(5_000_000),
            duration: seconds * 1_000_000_000)
        script.warmup = 20_000_000_000
        return script
    }

    private func run(_ script: ForecastScript) -> (report: ForecastReport, waits: [Int64]) {
        var waits: [Int64] = []
        let report = Forecast.run(script) { waits.append($0) }
        return (report, waits.sorted())
    }

    /// The share of requests that wait with c servers of load a (Erlang's C formula).
    private func erlangC(_ c: Int, _ a: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1..<c {
            term *= a / Double(k)
            sum += term
        }
        let last = term * a / Double(c) * Double(c) / (Double(c) - a)
        return last / (sum + last)
    }

    @Test(
        "a pool of connections is a queue with so many servers: the share that waits, the mean wait and its tail",
        arguments: [(4, 0.7), (4, 0.9), (1, 0.5), (16, 0.8)])
    func queueingTheory(_ connections: Int, _ load: Double) {
        let mean = 0.02
        let rate = load * Double(connections) / mean
        var configuration = PoolConfiguration(min: connections, max: connections)
        configuration.maxLifetime = nil
        configuration.keepAliveInterval = nil
        let (report, waits) = run(script(configuration, rate: rate, seconds: Int64(200_000 / rate)))
        let c = erlangC(connections, load * Double(connections))
        let relief = Double(connections) / mean - rate
        let waited = Double(waits.count { $0 > 0 }) / Double(waits.count)
        #expect(abs(waited - c) < 0.03, "\(waited) of all waited, \(c) should")
        let meanWait = waits.reduce(0.0) { $0 + Double($1) } / Double(waits.count) / 1e9
        #expect(abs(meanWait / (c / relief) - 1) < 0.2, "\(meanWait) s on average, \(c / relief) expected")
        // P(wait > t) = C · e^(−t·relief)
        let p99 = Double(waits[waits.count / 100 * 99]) / 1e9
        #expect(abs(p99 / (log(c / 0.01) / relief) - 1) < 0.2, "\(p99) s at p99")
        #expect(abs(report.utilization - load) < 0.02)
        #expect(report.timedOut == 0 && report.rejected == 0)
        #expect(report.served <= report.requests && report.requests - report.served < 100)
    }

    @Test func `the same script gives the same report, another seed another`() {
        var script = script(.init(max: 4), rate: 180, seconds: 20)
        let (first, second) = (run(script), run(script))
        #expect(first.waits == second.waits && first.report.events == second.report.events)
        script.seed = 2
        #expect(run(script).waits != first.waits)
    }

    @Test func `a thousand instances keep within the server's limit, and those that come late are told`() {
        var script = script(.init(min: 1, max: 5), rate: 20_000, service: .constant(50_000_000), seconds: 10)
        script.instances = 1000
        script.serverLimit = 1500
        script.warmup = 5_000_000_000
        let report = run(script).report
        #expect((1000...1500).contains(report.peakSessions))
        #expect(report.peakPerInstance <= 5)
        #expect(report.connectsFailed > 0, "twenty thousand a second want more than 1 500 sessions at times")
    }

    @Test
    func `an outage breaks what is on loan, is refused at once after a while, and ends within a step of the back-off`()
    {
        var script = script(.init(min: 2, max: 8, acquireTimeout: .seconds(1)), rate: 200, seconds: 60)
        script.outage = .init(from: 40_000_000_000, until: 50_000_000_000)
        let report = run(script).report
        #expect((1...8).contains(report.broken))
        #expect(report.timedOut + report.rejected > 1500)
        #expect(report.rejected > report.timedOut)
        #expect(report.recovery.map { $0 < 10_100_000_000 } == true)
        #expect(report.sessionsAtEnd >= 2)
    }

    @Test func `instances that have not served again by the end are told, and do not pass for quick ones`() {
        var script = script(.init(min: 1, max: 2, acquireTimeout: .seconds(1)), rate: 2000, seconds: 60)
        script.instances = 50
        script.outage = .init(from: 40_000_000_000, until: 79_999_000_000)
        let late = run(script).report
        #expect(late.neverRecovered > 0 && late.neverRecovered <= 50)
        script.outage = .init(from: 40_000_000_000, until: 50_000_000_000)
        let early = run(script).report
        #expect(early.neverRecovered == 0 && early.lastRecovery != nil)
    }

    @Test func `F8: a spike does not fill the pool, a queue behind long work does`() {
        var spike = script(.init(min: 5, max: 50), rate: 100, service: .constant(2_000_000), seconds: 10)
        spike.connect = .constant(150_000_000)
        spike.surge = (.init(from: 25_000_000_000, until: 25_010_000_000), 50)
        #expect(run(spike).report.peakSessions <= 12)
        let long = script(.init(min: 5, max: 50), rate: 100, service: .constant(300_000_000), seconds: 10)
        #expect(run(long).report.peakSessions > 30)
    }

    @Test("requests that are known one by one wait as Lindley's recursion says, and the same in every run")
    func known() {
        let (rate, extra, warmup) = (40.0, Int64(1_000_000), Int64(1_000_000_000))
        var configuration = PoolConfiguration(min: 1, max: 1)
        configuration.maxLifetime = nil
        configuration.keepAliveInterval = nil
        var known = script(configuration, rate: rate, seconds: 100)
        known.warmup = warmup
        known.known = .init(series: RequestSeries(rate: rate, seed: 7), extraService: extra)
        let waits = run(known).waits

        var series = RequestSeries(rate: rate, seed: 7)
        var expected: [Int64] = []
        // When the only connection is free: at first it has to be made.
        var free = Int64(5_000_000)
        while true {
            let request = series.next()
            let granted = max(request.arrival, free)
            guard request.arrival < warmup + 100_000_000_000, granted < warmup + 100_000_000_000 else { break }
            if request.arrival >= warmup { expected.append(granted - request.arrival) }
            free = granted + known.service.drawn(by: request.choice) + extra
        }
        #expect(waits.count > 3000 && waits == expected.sorted())
    }
}
