import Testing

@testable import PGDriver

@Suite("The libpq at hand") struct LibPQTests {
    @Test("is one that the driver was written for")
    func version() { #expect(LibPQ.version >= 140_000) }

    @Test("lists its options and the variables that it would take them from")
    func options() throws {
        let host = try #require(LibPQ.options.first { $0.keyword == "host" })
        #expect(host.variable == "PGHOST")
        let mode = try #require(LibPQ.options.first { $0.keyword == "sslmode" })
        #expect(mode.variable == "PGSSLMODE" && mode.preset == "prefer")
        #expect(Set(LibPQ.options.map(\.keyword)).count == LibPQ.options.count)
    }
}
