import PoolingConfiguration
import PoolingCore
import Testing

@Suite(.timeLimit(.minutes(3))) struct ManyPoolsTests {
    private static let count = 300

    private func text(changed: Int? = nil) -> String {
        var text = "defaults: {max: 8, acquireTimeout: 5s}\npools:\n"
        for number in 0..<Self.count {
            text += """
                  tenant\(number):
                    url: sqlite:/srv/\(number).db?pool_min=0
                    max: \(number == changed ? 5 : 4)
                    backoff: {initial: 20ms}

                """
        }
        return text
    }

    @Test func `three hundred pools are read from one file, and one that has changed is found among them`() async throws
    {
        let (registry, folder) = (try threeDriverRegistry(), Folder())
        folder.write(text())
        try await registry.fill(
            from: folder.file(environment: ["POOLS_TENANT7_MAX_USES": "9", "POOLS_DEFAULTS_MAX": "6"]))
        #expect(registry.names == (0..<Self.count).map { "tenant\($0)" })
        #expect(
            registry.listings.allSatisfy { $0.configuration.max == 4 && $0.configuration.acquireTimeout == .seconds(5) }
        )
        #expect(registry.listings.filter { $0.configuration.maxUses == 9 }.map(\.name) == ["tenant7"])
        _ = try registry.pool(named: "tenant250")
        folder.write(text(changed: 250))
        let report = try await registry.reload()
        #expect(report["tenant250"].map { "\($0)".contains("max") } == true && report.pools.count == Self.count)
        #expect(report.pools.count { $0.outcome == .unchanged } == Self.count - 1)
        #expect(try registry.pool(named: "tenant250").configuration.max == 5)
        await registry.shutdown()
    }
}
