/// One run of a benchmark: one workload, one way to come by connections, one number of clients.
@usableFromInline struct RunPlan: Sendable {
    @usableFromInline var workload: Workload
    var mode: ConnectionMode
    var executor: ClientExecutor
    @usableFromInline var clients: Int
    var min: Int
    var max: Int
    var duration: Duration
    /// Runs before the clock starts, and is not counted.
    var warmup: Duration
}

/// What came of a ``RunPlan``.
@usableFromInline struct RunMeasurement: Sendable {
    var clients: [ClientRecord] = []
    /// Connections opened for the run.
    var connects = 0
    var peakConnections = 0
    var peakWaiting = 0
}
