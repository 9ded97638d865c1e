import Testing

@testable import PoolingCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("EventSocket: one wait", .timeLimit(.minutes(1)))
struct EventSocketTests {
    /// Off every loop, and on one.
    static let places: [EventLoopExecutor?] = [nil, EventLoopExecutor(name: "test-loop")]

    private func run(on place: EventLoopExecutor?, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await Task(executorPreference: place) { try await body() }.value
    }

    @Test("ends when bytes arrive, and at once when some were there before", arguments: places)
    func readable(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            let sender = Task {
                while !pair.near.isWaitedFor { await Task.yield() }
                pair.send()
            }
            #expect(try await pair.near.wait(for: .readable).contains(.readable))
            await sender.value
            // Level-triggered: it was not read.
            #expect(try await pair.near.wait(for: .readable).contains(.readable))
            pair.receive()
            let code = try await waitError {
                _ = try await pair.near.wait(for: .readable, until: .now + .milliseconds(5))
            }
            #expect(code == .deadlinePassed)
        }
    }

    @Test("for writing ends when there is room, and for both with what came first", arguments: places)
    func writable(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            #expect(try await pair.near.wait(for: .writable) == .writable)
            pair.fill()
            let both: EventSocket.Readiness = [.readable, .writable]
            pair.send()
            #expect(try await pair.near.wait(for: both) == .readable)
            pair.receive()
            let drain = Task {
                while !pair.near.isWaitedFor { await Task.yield() }
                pair.drainFar()
            }
            #expect(try await pair.near.wait(for: both).contains(.writable))
            await drain.value
        }
    }

    @Test("is not ended by what was meant for the one before it")
    func endedLate() async throws {
        let pair = try SocketPair()
        let loop = EventLoop.outsiders
        var seat = SocketSeat.take()
        seat.number &+= 1
        let before = seat
        seat.number &+= 1
        let request = EventLoop.Request(
            seat: seat, descriptor: pair.near.descriptor, interest: EventSocket.Readiness.readable.rawValue,
            deadline: .distantFuture, isKnown: false, settles: false, isFresh: false)
        let outcome = await withUnsafeContinuation { continuation in
            loop.install(continuation, request)
            loop.end(before, .cancelled)
            loop.end(seat, .closed)
        }
        loop.forget(seat, pair.near.descriptor)
        seat.giveBack()
        guard case .closed = outcome else {
            Issue.record("ended as \(outcome)")
            return
        }
    }

    @Test("ends at its deadline by the loop's own clock, not before", arguments: places)
    func deadline(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            let began = ContinuousClock.now
            let code = try await waitError {
                _ = try await pair.near.wait(for: .readable, until: began + .milliseconds(50))
            }
            #expect(code == .deadlinePassed)
            #expect(began.duration(to: .now) >= .milliseconds(50))
            // One that has passed already.
            let late = try await waitError { _ = try await pair.near.wait(for: .readable, until: began) }
            #expect(late == .deadlinePassed)
            pair.send()
            #expect(try await pair.near.wait(for: .readable, until: .now + .seconds(30)).contains(.readable))
        }
    }

    @Test("is not woken at the deadline of one that is over", arguments: places)
    func formerDeadline(_ place: EventLoopExecutor?) async throws {
        try await run(on: place) {
            let pair = try SocketPair()
            pair.send()
            _ = try await pair.near.wait(for: .readable, until: .now + .milliseconds(20))
            pair.receive()
            let sender = Task {
                try await Task.sleep(for: .milliseconds(60))
                pair.send()
            }
            #expect(try await pair.near.wait(for: .readable).contains(.readable))
            try await sender.value
        }
    }

    @Test("ends when its task is cancelled, before or meanwhile; bytes stay for the next", arguments: places)
    func cancellation(_ place: EventLoopExecutor?) async throws {
        let pair = try SocketPair()
        for isEarly in [true, false] {
            let task = Task(executorPreference: place) {
                while isEarly, !Task.isCancelled { await Task.yield() }
                _ = try await pair.near.wait(for: .readable)
            }
            if !isEarly { #expect(await becomes { pair.near.isWaitedFor }) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        pair.send()
        #expect(try await pair.near.wait(for: .readable).contains(.readable))
        #expect(pair.receive() == 1)
    }

    @Test("of a cancelled task goes on if it is not to be cancelled", arguments: places)
    func uncancellable(_ place: EventLoopExecutor?) async throws {
        let pair = try SocketPair()
        let task = Task(executorPreference: place) {
            while !Task.isCancelled { await Task.yield() }
            return try await pair.near.wait(for: .readable, isCancellable: false)
        }
        task.cancel()
        #expect(await becomes { pair.near.isWaitedFor })
        pair.send()
        #expect(try await task.value.contains(.readable))
    }

    @Test("is refused while another goes on", arguments: places)
    func twoAtOnce(_ place: EventLoopExecutor?) async throws {
        let pair = try SocketPair()
        let first = Task(executorPreference: place) { try await pair.near.wait(for: .readable) }
        #expect(await becomes { pair.near.isWaitedFor })
        let code = try await waitError { _ = try await pair.near.wait(for: .readable) }
        #expect(code == .alreadyWaiting)
        pair.send()
        #expect(try await first.value.contains(.readable))
    }

    @Test("ends when the socket is closed, and later ones do not begin", arguments: places)
    func closing(_ place: EventLoopExecutor?) async throws {
        let pair = try SocketPair()
        let waiting = Task(executorPreference: place) {
            try await waitError { _ = try await pair.near.wait(for: .readable) }
        }
        #expect(await becomes { pair.near.isWaitedFor })
        pair.near.interrupt()
        #expect(try await waiting.value == .closed)
        #expect(try await waitError { _ = try await pair.near.wait(for: .readable) } == .closed)
        pair.near.close()
        #expect(try await waitError { _ = try await pair.near.wait(for: .readable) } == .closed)
        pair.near.close()
    }

    @Test("of a descriptor that is none is refused with the system's reason")
    func refused() async throws {
        let socket = EventSocket(-1)
        do {
            _ = try await socket.wait(for: .readable)
            Issue.record("no error")
        } catch let error as SocketWaitError {
            #expect(error == SocketWaitError(.refused, errno: EBADF))
        }
        socket.close()
    }

    @Test("sees that the other side has hung up")
    func hangUpWhileWaiting() async throws {
        let pair = try SocketPair()
        pair.hangUp()
        #expect(try await pair.near.wait(for: .readable).contains(.hungUp))
    }

    @Test("is not needed to notice a hang-up; data alone are none")
    func hangUpWhileIdle() async throws {
        let (pair, other) = (try SocketPair(), try SocketPair())
        // Armed nowhere any more, on two loops.
        for place in Self.places {
            try await run(on: place) {
                pair.send()
                _ = try await pair.near.wait(for: .readable)
                pair.receive()
            }
        }
        pair.send()
        other.hangUp()
        #expect(await becomes { other.near.isHungUp })
        #expect(!pair.near.isHungUp)
        pair.hangUp()
        #expect(await becomes { pair.near.isHungUp })
    }

    @Test("of a descriptor whose number was another socket's is not ended by what was meant for that one")
    func reusedNumber() async throws {
        let loop = EventLoopExecutor(name: "test-reuse")
        for round in 0..<200 {
            let first = try SocketPair()
            let waiting = Task(executorPreference: loop) {
                try await waitError { _ = try await first.near.wait(for: .readable) }
            }
            #expect(await becomes { first.near.isWaitedFor })
            // Its event and its end race.
            first.send()
            let number = first.near.descriptor
            first.near.close()
            _ = try await waiting.value
            // The same number, as the lowest free one, is given to the other side of nothing that was sent.
            let second = try SocketPair()
            let code = try await Task(executorPreference: loop) {
                try await waitError {
                    _ = try await second.near.wait(for: .readable, until: .now + .milliseconds(round % 10 == 0 ? 3 : 0))
                }
            }.value
            #expect(code == .deadlinePassed, "descriptor \(number), then \(second.near.descriptor)")
        }
    }
}
