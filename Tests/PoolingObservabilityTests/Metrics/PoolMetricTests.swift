import PoolingObservability
import Testing

@Suite struct PoolMetricTests {
    @Test func `what OpenTelemetry has a name and a unit for has that name and that unit`() {
        let own = PoolMetric.all.filter { $0.name.hasPrefix("db.client.connection.") }
        let lines = own.map { "\($0.name) \($0.kind) \($0.unit)" }
        #expect(
            lines == [
                "db.client.connection.count gauge {connection}",
                "db.client.connection.idle.max gauge {connection}",
                "db.client.connection.idle.min gauge {connection}",
                "db.client.connection.max gauge {connection}",
                "db.client.connection.pending_requests gauge {request}",
                "db.client.connection.timeouts counter {timeout}",
                "db.client.connection.create_time histogram s",
                "db.client.connection.wait_time histogram s",
                "db.client.connection.use_time histogram s",
            ])
        #expect(PoolMetric.poolNameAttribute == "db.client.connection.pool.name")
        #expect(PoolMetric.stateAttribute == "db.client.connection.state")
    }

    @Test func `what is ours is named as ours, once, and says what it is`() {
        #expect(
            PoolMetric.all.allSatisfy { $0.name.hasPrefix("db.client.connection.") || $0.name.hasPrefix("pooling.") })
        #expect(Set(PoolMetric.all.map(\.name)).count == PoolMetric.all.count)
        #expect(PoolMetric.all.allSatisfy { $0.help.hasSuffix(".") && !$0.unit.isEmpty })
    }
}
