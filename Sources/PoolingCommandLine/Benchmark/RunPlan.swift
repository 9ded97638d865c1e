internal import PoolingCore

/// One run of a benchmark: one workload, one way to come by connections, one number of clients.
@usableFromInline struct RunPlan: Sendable {
    @usableFromInline var workload: Workload
    var mode: ConnectionMode
    var executor: ClientExecutor
    /// 0 where operations arrive by themselves.
    @usableFromInline var clients: Int
    /// Operations that arrive in a second, at random moments.
    var rate: Double?
    var min: Int
    var max: Int
    var duration: Duration
    /// Runs before the clock starts, and is not counted.
    var warmup: Duration
    /// Of the requests that arrive by themselves.
    var seed: UInt64 = 1
    /// What a pool is called.
    var pool = "bench"
    /// What a pool is besides its sizes.
    var settings = PoolConfiguration()

    var configuration: PoolConfiguration {
        var configuration = settings
        (configuration.min, configuration.max) = (min, max)
        if workload == .connect { configuration.validation = .always }
        return configuration
    }
}

extension RunPlan: CustomStringConvertible {
    @usableFromInline var description: String {
        let load = rate.map { "\(ReportNumber.plain($0)) a second" } ?? "\(clients) clients"
        let size = mode == .pooled ? ", max \(max)" : ""
        return "\(workload.rawValue), \(load) on \(executor.rawValue) executor, \(mode.rawValue)\(size)"
    }
}

/// What came of a ``RunPlan``.
@usableFromInline struct RunMeasurement: Sendable {
    var clients: [ClientRecord] = []
    /// Connections opened for the run.
    var connects = 0
    var peakConnections = 0
    var peakWaiting = 0
    /// What the pool looked like in each part of the run; empty without a pool.
    var poolParts: [PoolSampler.Part] = []
    /// The settings of the pool; nil without one.
    var pool: PoolConfiguration?
    /// Operations that arrived while too many were under way, and were not begun.
    var dropped = 0
    /// Operations that arrived by themselves while the clock ran, begun or not.
    var arrived = 0
}
