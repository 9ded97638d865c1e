public import PoolingCore

/// A driver with a URL, ready to be measured; the driver's type is forgotten here.
@usableFromInline protocol BenchmarkTarget: Sendable {
    /// Whether the driver can serve a pool like this; known without connecting.
    func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError)
    /// Proves that it can be reached, and says what is there: the server's version.
    func reach() async throws -> String
    /// What the backend says of itself, and what it costs.
    /// - Throws: ``Unreachable``, and whatever a question fails with.
    func checkUp() async throws -> Checkup
    /// Makes what the workload needs.
    func prepare(_ workload: Workload) async throws
    func run(_ plan: RunPlan) async throws -> RunMeasurement
    func play(_ plan: SpikePlan) async throws -> SpikeReport
    /// - Parameters:
    ///   - cut: takes the backend away.
    ///   - heal: brings it back.
    func play(
        _ plan: OutagePlan, _ kind: OutageKind, cut: @escaping @Sendable () -> Void,
        heal: @escaping @Sendable () -> Void
    ) async throws -> OutageReport
    /// The same, with operations that keep their connections for longer. For how much longer goes into the tally.
    func holding(_ serviceTime: ServiceTime, _ tally: ServiceTally) -> any BenchmarkTarget
    /// Removes what `prepare` made.
    func cleanUp() async
    /// Whether the driver has an executor for clients.
    var hasExecutor: Bool { get }
}
