internal import PoolingCore

/// What a spike is played with.
@usableFromInline struct SpikePlan: Sendable {
    var workload: Workload
    /// How many requests come at once.
    var requests: Int
    var min: Int
    var max: Int
    /// What each connect takes on top of what it takes anyway.
    var connectDelay: Duration
    /// How long each request keeps its connection on top of its operation.
    var serviceTime: ServiceTime?
    /// What the pool is besides its sizes.
    var settings = PoolConfiguration()

    var configuration: PoolConfiguration {
        var configuration = settings
        (configuration.min, configuration.max) = (min, max)
        return configuration
    }
}

/// What became of it.
@usableFromInline struct SpikeReport: Codable, Sendable, Equatable {
    /// By name, in the file that it is from.
    var pool: String?
    var driver = ""
    /// Without passwords.
    var url = ""
    var workload: String
    var requests: Int
    var min: Int
    var max: Int
    var connectDelay: Double
    var serviceTime: Double
    /// Microseconds until each request had its connection.
    var acquire: BenchReport.Distribution
    /// Microseconds until the last one was through.
    var duration: Double
    var errors: Int
    /// Once the connects that had been begun were through.
    var connectionsAtEnd: Int

    enum CodingKeys: String, CodingKey {
        case pool, driver, url, workload, requests, min, max, errors
        case connectDelay = "connect_delay_us"
        case serviceTime = "service_time_us"
        case acquire = "acquire_us"
        case duration = "duration_us"
        case connectionsAtEnd = "connections_at_end"
    }
}

extension SpikeReport: ScenarioReport {
    /// "40 of 50".
    var served: String {
        "\(ReportNumber.grouped(Double(requests) - Double(errors))) of \(ReportNumber.grouped(Double(requests)))"
    }
}

/// Plays a spike: `min` connections are ready, connects are slow, and many requests come at once. A pool that opens a
/// connection for each of them ends full, long after the connections that it had have served them all (F8).
struct Spike<Plugin: BenchmarkDriver> {
    let plugin: Plugin
    let driver: Plugin.Driver
    let plan: SpikePlan

    func play() async throws -> SpikeReport {
        let pool = try Pool(
            DelayedDriver(base: driver, delay: plan.connectDelay), name: "spike",
            configuration: plan.configuration)
        do {
            do { try await pool.warmUp(timeout: .seconds(30)) } catch { throw Unreachable(cause: error) }
            let (record, took) = await crowd(on: pool)
            // What was begun for the crowd comes too late for it, and stays.
            while pool.statistics.connecting > 0 { try await Task.sleep(for: .milliseconds(5)) }
            let left = pool.statistics.total
            await pool.shutdown()
            return SpikeReport(
                workload: plan.workload.rawValue, requests: plan.requests, min: plan.min, max: plan.max,
                connectDelay: Double(plan.connectDelay.nanoseconds) / 1e3,
                serviceTime: (plan.serviceTime?.distribution.mean ?? 0) / 1e3,
                acquire: BenchReport.Distribution([record.acquire]), duration: ReportNumber.rounded(Double(took) / 1e3),
                errors: record.errors, connectionsAtEnd: left)
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    private func crowd(on pool: Pool<DelayedDriver<Plugin.Driver>>) async -> (ClientRecord, Int64) {
        let (plugin, plan) = (plugin, plan)
        let clock = RunClock(warmup: .zero, duration: .seconds(3600))
        let began = RunClock.now()
        return await withTaskGroup(of: Result<Int64, any Error>.self) { group in
            for request in 0..<plan.requests {
                group.addTask {
                    do {
                        let acquired = try await pool.withConnection { handle in
                            let acquired = RunClock.now()
                            let choice = UInt64(request) << 40
                            try await plugin.perform(plan.workload, choice: choice, on: handle)
                            if let held = plan.serviceTime { try await Task.sleep(for: held.drawn(by: choice)) }
                            return acquired
                        }
                        return .success(acquired)
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var record = ClientRecord(client: 0, clock: clock)
            for await result in group {
                switch result {
                case .success(let acquired): record.count(from: began, acquired: acquired, to: RunClock.now())
                case .failure(let error): record.fail(error)
                }
            }
            return (record, RunClock.now() - began)
        }
    }
}
