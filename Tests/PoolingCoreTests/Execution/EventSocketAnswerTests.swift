import Testing

@testable import PoolingCore

/// A wait for the answer to what was just asked needs no arming where the socket stands armed. It must not end later than
/// another one for that.
@Suite("EventSocket: a wait for an answer", .timeLimit(.minutes(1)))
struct EventSocketAnswerTests {
    static let places: [EventLoopExecutor?] = [nil, EventLoopExecutor(name: "test-answer")]

    private func run(on place: EventLoopExecutor?, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await Task(executorPreference: place) { try await body() }.value
    }

    private nonisolated(nonsending) func answer(
        _ pair: SocketPair, until deadline: ContinuousClock.Instant = .now + .seconds(30)
    ) async throws -> EventSocket.Readiness {
        try await pair.near.wait(for: .readable, until: MonotonicInstant(deadline), isFresh: true)
    }

    /// Waits so often where the caller is that the socket stands armed there.
    private nonisolated(nonsending) func settle(_ pair: SocketPair) async throws {
        for _ in 0..<3 {
            pair.send()
            #expect(try await answer(pair).contains(.readable))
            pair.receive()
        }
    }

    @Test("ends with what arrives before it and with what arrives meanwhile", arguments: places)
    func arrival(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            try await settle(pair)
            for _ in 0..<100 {
                pair.send()
                #expect(try await answer(pair).contains(.readable))
                pair.receive()
                let sender = Task {
                    while !pair.near.isWaitedFor { await Task.yield() }
                    pair.send()
                }
                #expect(try await answer(pair).contains(.readable))
                await sender.value
                pair.receive()
            }
        }
    }

    @Test("that ended without it leaves it to the next one", arguments: places)
    func late(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            try await settle(pair)
            let code = try await waitError { _ = try await answer(pair, until: .now + .milliseconds(5)) }
            #expect(code == .deadlinePassed)
            pair.send()
            #expect(try await answer(pair).contains(.readable))
            pair.receive()
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                _ = try await answer(pair)
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            pair.send()
            #expect(try await answer(pair).contains(.readable))
        }
    }

    @Test("leaves what was not read to a wait that looks", arguments: places)
    func unread(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            try await settle(pair)
            pair.send(2)
            #expect(try await answer(pair).contains(.readable))
            #expect(pair.receive(1) == 1)
            #expect(try await pair.near.wait(for: .readable, until: .now + .seconds(30)).contains(.readable))
            #expect(pair.receive(1) == 1)
            let code = try await waitError {
                _ = try await pair.near.wait(for: .readable, until: .now + .milliseconds(5))
            }
            #expect(code == .deadlinePassed)
            // A wait for room in between arms the socket otherwise.
            #expect(try await pair.near.wait(for: .writable) == .writable)
            pair.send()
            #expect(try await answer(pair).contains(.readable))
        }
    }

    @Test("follows its task from loop to loop")
    func moving() async throws {
        let pair = try SocketPair()
        let loops = [EventLoopExecutor(name: "test-a"), nil, EventLoopExecutor(name: "test-b")]
        for round in 0..<60 {
            // Settled on each for a while, and for one wait only.
            try await run(on: loops[round % 3]) {
                for _ in 0..<(round / 3 % 4 + 1) {
                    let sender = Task {
                        while !pair.near.isWaitedFor { await Task.yield() }
                        pair.send()
                    }
                    let ready = try await answer(pair)
                    #expect(ready.contains(.readable))
                    await sender.value
                    pair.receive()
                }
            }
        }
    }

    @Test("ends at once after a hang-up, however often", arguments: places)
    func hangUp(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            try await settle(pair)
            pair.hangUp()
            for _ in 0..<3 { #expect(try await answer(pair).contains(.hungUp)) }
        }
    }

    @Test("is not ended by what arrived for a closed socket of the same number and place", arguments: places)
    func reuse(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            for _ in 0..<50 {
                let former = try SocketPair()
                try await settle(former)
                former.send()
                former.near.close()
                let pair = try SocketPair()
                let code = try await waitError { _ = try await answer(pair, until: .now + .milliseconds(1)) }
                #expect(code == .deadlinePassed)
                pair.send()
                #expect(try await answer(pair).contains(.readable))
            }
        }
    }
}
