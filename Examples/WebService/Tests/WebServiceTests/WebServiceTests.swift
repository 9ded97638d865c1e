import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct WebServiceTests {
    @Test(arguments: Backend.allCases)
    func `answers, refuses and keeps the books`(_ backend: Backend) async throws {
        let server = try await Server(backend.bank(), notice: .zero)
        let client = Client(server)
        #expect(try await client.get("live").status == 200)
        #expect(try await client.get("ready").status == 200)
        #expect(try await client.get("accounts/7").text == "1000\n")
        #expect(try await client.post("transfers/7/8/300").status == 200)
        #expect(try await client.get("accounts/7").text == "700\n")
        #expect(try await client.get("accounts/8").text == "1300\n")
        #expect(try await client.post("transfers/7/8/701").status == 409)
        #expect(try await client.post("transfers/7/999/1").status == 404)
        #expect(try await client.get("accounts/7").text == "700\n", "what was refused has been rolled back")
        for wrong in ["transfers/7/8/0", "transfers/7/8/-5", "transfers/7/7/5", "transfers/7/8/much"] {
            #expect(try await client.post(wrong).status == 400, "\(wrong)")
        }
        #expect(try await client.get("accounts/999").status == 404)
        #expect(try await client.get("total").text == "100000\n")
    }

    /// What whoever spreads the requests does: asks whether it may, and stops sending when it may not.
    @Test(arguments: Backend.allCases)
    func `drains on SIGTERM under load without a failed request`(_ backend: Backend) async throws {
        let server = try await Server(backend.bank(), notice: .seconds(2))
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let client = Client(server)
                while try await client.get("ready").status == 200 { try await Task.sleep(for: .milliseconds(20)) }
                // Still alive: nobody is to restart it now.
                #expect(try await client.get("live").status == 200)
                tally.change { $0.isReady = false }
            }
            for number in 0..<8 {
                group.addTask {
                    let client = Client(server)
                    var random = SystemRandomNumberGenerator()
                    while tally.value.isReady {
                        let (payer, payee) = (
                            Int.random(in: 1...100, using: &random), Int.random(in: 1...100, using: &random)
                        )
                        if payer == payee { continue }
                        do {
                            let reply =
                                try await number % 2 == 0
                                ? client.get("accounts/\(payer)") : client.post("transfers/\(payer)/\(payee)/10")
                            switch reply.status {
                            case 200: tally.change { $0.answered += 1 }
                            case 409: tally.change { $0.refused += 1 }
                            default: tally.change { $0.failures.append("\(reply.status) \(reply.text)") }
                            }
                        } catch {
                            tally.change { $0.failures.append("\(error)") }
                        }
                    }
                }
            }
            group.addTask {
                while tally.value.answered < 500 { try await Task.sleep(for: .milliseconds(5)) }
                #expect(try await Client(server).get("total").text == "100000\n")
                server.terminate()
            }
            try await group.waitForAll()
        }
        #expect(tally.value.failures == [])
        #expect(try await server.exitCode(within: .seconds(60)) == 0)
        print("drained after \(tally.value.answered) requests, \(tally.value.refused) refused for want of money")
    }
}

/// What the clients have seen.
final class Tally: Sendable {
    struct Value: Sendable {
        var isReady = true
        var (answered, refused) = (0, 0)
        var failures: [String] = []
    }
    private let state = Mutex(Value())

    var value: Value { state.withLock { $0 } }
    func change(_ change: (inout Value) -> Void) { state.withLock { change(&$0) } }
}
