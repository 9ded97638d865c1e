import Testing

@testable import PoolingCore

@Suite("EventSocket: many waits at once", .timeLimit(.minutes(5)))
struct EventSocketStressTests {
    @Test("ten thousand waits with deadlines of their own all end, none early")
    func manyDeadlines() async throws {
        let loop = EventLoopExecutor(name: "test-timers")
        let pairs = try (0..<200).map { _ in try SocketPair() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, pair) in pairs.enumerated() {
                group.addTask(executorPreference: index % 2 == 0 ? loop : nil) {
                    for round in 0..<50 {
                        let began = ContinuousClock.now
                        let span = Duration.microseconds((index * 37 + round * 911) % 4000)
                        let code = try await waitError {
                            _ = try await pair.near.wait(for: .readable, until: began + span)
                        }
                        #expect(code == .deadlinePassed && began.duration(to: .now) >= span)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("of a thousand sockets that wait, those that were sent to are served, and the others go on waiting")
    func manyWaiters() async throws {
        let pairs = try (0..<1000).map { _ in try SocketPair() }
        let group = EventLoopGroup(loops: 2, name: "test")
        let served = Counter()
        let tasks = pairs.enumerated().map { index, pair in
            Task(executorPreference: index % 3 == 0 ? nil : group.next()) {
                _ = try await pair.near.wait(for: .readable, until: .now + .seconds(60))
                served.count()
            }
        }
        #expect(await becomes(within: .seconds(30)) { pairs.allSatisfy { $0.near.isWaitedFor } })
        for index in stride(from: 0, to: 1000, by: 2) { pairs[index].send() }
        for index in stride(from: 0, to: 1000, by: 2) { try await tasks[index].value }
        #expect(served.value == 500)
        for index in stride(from: 1, to: 1000, by: 2) { tasks[index].cancel() }
        for index in stride(from: 1, to: 1000, by: 2) {
            await #expect(throws: CancellationError.self) { try await tasks[index].value }
        }
    }

    /// Each round, bytes, a deadline and a cancellation race for one wait, from three threads; then the bytes, if they were
    /// not read, must end the next wait. A wake-up that is lost lets the round hang; one that is told twice traps.
    @Test("no wake-up is lost in a hundred thousand races", arguments: [UInt64(1), 2])
    func races(_ seed: UInt64) async throws {
        let loops = EventLoopGroup(loops: 2, name: "test-race")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                group.addTask(executorPreference: client % 4 == 0 ? nil : loops.executors[client % 2]) {
                    var random = SplitMix64(seed: seed &* 1000 + UInt64(client))
                    let pair = try SocketPair()
                    for _ in 0..<(50_000 / 8) { try await race(pair, loops, &random) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func race(_ pair: SocketPair, _ loops: EventLoopGroup, _ random: inout SplitMix64) async throws {
        let draw = random.next()
        let deadline: ContinuousClock.Instant? = draw & 1 == 0 ? nil : .now + .microseconds(Int(draw >> 8 & 1023))
        let (isSent, isCancelled) = (draw & 2 == 0, draw & 4 == 0)
        let place = draw & 8 == 0 ? loops.executors[Int(draw >> 20 & 1)] : nil
        let waiter = Task(executorPreference: place) { () -> Bool in
            do {
                _ = try await pair.near.wait(for: .readable, until: deadline)
                return true
            } catch is CancellationError {
                return false
            } catch let error as SocketWaitError {
                #expect(error.code == .deadlinePassed)
                return false
            }
        }
        if draw & 16 == 0 { await Task.yield() }
        if isSent { pair.send() }
        if isCancelled { waiter.cancel() }
        // Something has to end it.
        if deadline == nil, !isSent, !isCancelled { pair.send() }
        let wasReady = try await waiter.value
        let expects = isSent || (deadline == nil && !isCancelled)
        if wasReady { #expect(expects) }
        guard expects else { return }
        if !wasReady { _ = try await pair.near.wait(for: .readable) }
        #expect(pair.receive() == 1)
    }
}
