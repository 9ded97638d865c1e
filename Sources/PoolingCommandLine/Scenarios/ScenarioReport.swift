/// What was played on a pool.
protocol ScenarioReport {
    var pool: String? { get }
    var driver: String { get }
}

extension ScenarioReport {
    /// As the targets of runs are called: the pool's name, or the driver.
    var label: String { pool ?? driver }
}

extension OutageReport: ScenarioReport {}
extension PredictionReport: ScenarioReport {}
