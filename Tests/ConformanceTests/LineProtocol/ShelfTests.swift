import PoolingCore
import PoolingTestKit
import Testing

/// A server of shelves, for the kit.
struct ShelfBackend: ConformanceSubject {
    let server: ShelfServer
    /// Listens, and never accepts.
    let silent: ShelfServer

    init() throws {
        server = try ShelfServer()
        server.serve()
        silent = try ShelfServer()
    }

    func makeDriver() -> Shelf { Shelf(port: server.port, token: ShelfServer.token) }

    func use(_ handle: ShelfHandle) async throws {
        let nonce = "\(UInt64.random(in: 0 ... .max))"
        try #require(try await handle.ask("PUT \(nonce) \(nonce)") == "OK")
        try #require(try await handle.ask("GET \(nonce)") == nonce)
    }

    var longCall: ConformanceCall<Shelf>? { { _ = try await $0.ask("SLEEP 60000") } }
    var litter: ConformanceCall<Shelf>? { { _ = try await $0.ask("USE litter") } }
    var inspection: ConformanceCall<Shelf>? { { try #require(try await $0.ask("SHELF") == "common") } }

    var executioner: ConformanceExecutioner<Shelf>? {
        { handle in
            let session = try #require(Int(try await handle.ask("ME")))
            return { server.end(session) }
        }
    }

    var sessions: ConformanceCount? { { server.sessions } }
    var refused: ConformancePlace<Shelf>? { { Shelf(port: server.port, token: "wrong-canary-7f31") } }
    var unanswered: ConformancePlace<Shelf>? { { Shelf(port: silent.port, token: ShelfServer.token) } }
    var secrets: [String] { ["wrong-canary-7f31", ShelfServer.token] }
}

@Suite("The driver that the article Writing a driver leads to", .serialized, .timeLimit(.minutes(2)))
struct ShelfTests {
    static let conformance = Result { DriverConformance(try ShelfBackend()) }

    @Test("passes every check", arguments: try! conformance.get().checks)
    func conforms(_ check: DriverCheck) async throws { try await check.run() }

    @Test("is checked in everything")
    func complete() throws { #expect(try Self.conformance.get().inapplicable.isEmpty) }

    @Test("says where nobody listens, and what name is unknown")
    func unreachable() async throws {
        for (driver, word) in [
            (Shelf(port: 1, token: "hush"), "nobody listens on port 1 of 127.0.0.1"),
            (Shelf(host: "no-such-host.invalid", port: 1, token: "hush"), "no-such-host.invalid"),
        ] {
            let error = await #expect(throws: ShelfError.self) { _ = try await driver.connect() }
            #expect(error?.description.contains(word) == true)
        }
    }

    @Test("works as the article begins")
    func works() async throws {
        let server = try ShelfServer()
        server.serve()
        let token = ShelfServer.token
        let pool = try Pool(Shelf(port: server.port, token: token), configuration: .init(max: 20))

        let colour = try await pool.withConnection { shelf in
            _ = try await shelf.ask("PUT colour green")
            return try await shelf.ask("GET colour")
        }
        #expect(colour == "green")
        await pool.shutdown()
    }

    @Test("F66: asks one question at a time, whatever is in it")
    func injection() async throws {
        let server = try ShelfServer()
        server.serve()
        let pool = try Pool(Shelf(port: server.port, token: ShelfServer.token), configuration: .init(max: 1))
        await #expect(throws: ShelfError.self) {
            try await pool.withConnection { try await $0.ask("PUT colour green\nUSE other") }
        }
        #expect(try await pool.withConnection { try await $0.ask("SHELF") } == "common")
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
    }
}
