import Synchronization
import Testing

@testable import PoolingCore

@Suite("EventLoopExecutor", .timeLimit(.minutes(1)))
struct EventLoopExecutorTests {
    let executor = EventLoopExecutor(name: "test-loop")

    @Test("a task that lives on it waits without leaving its thread, and children with it")
    func livesThere() async throws {
        let executor = executor
        try await Task(executorPreference: executor) {
            let pair = try SocketPair()
            #expect(executor.isCurrent)
            for _ in 0..<10 {
                async let sent: Void = pair.send()
                _ = try await pair.near.wait(for: .readable)
                #expect(executor.isCurrent)
                await sent
                pair.receive()
            }
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { executor.isCurrent } }
                for await isThere in group { #expect(isThere) }
            }
        }.value
        #expect(!executor.isCurrent)
    }

    @Test("a plain task goes on where it was, and not on a loop")
    func nonisolatedCaller() async throws {
        let pair = try SocketPair()
        pair.send()
        _ = try await pair.near.wait(for: .readable)
        #expect(EventLoop.current == nil)
    }

    @Test("an actor goes on as that actor, wherever the task lives")
    func actorCaller() async throws {
        for place in [executor, nil] {
            try await Task(executorPreference: place) { try await Reader().read() }.value
        }
    }

    @MainActor @Test("the main actor goes on as the main actor")
    func mainActorCaller() async throws {
        let pair = try SocketPair()
        for _ in 0..<10 {
            pair.send()
            _ = try await pair.near.wait(for: .readable)
            MainActor.assertIsolated()
            pair.receive()
        }
    }

    @Test("a task that lives on a BlockingExecutor goes on there")
    func blockingCaller() async throws {
        let home = BlockingExecutor(name: "test-home", threads: 2)
        try await Task(executorPreference: home) {
            let pair = try SocketPair()
            pair.send()
            _ = try await pair.near.wait(for: .readable)
            #expect(home.isCurrent)
        }.value
    }

    @Test("a socket is waited for on one loop after the other")
    func severalLoops() async throws {
        let pair = try SocketPair()
        let group = EventLoopGroup(loops: 3, name: "test")
        for round in 0..<60 {
            let executor = group.next()
            try await Task(executorPreference: executor) {
                if round % 2 == 0 { pair.send() }
                let sender = Task.detached { if round % 2 == 1 { pair.send() } }
                _ = try await pair.near.wait(for: .readable)
                #expect(executor.isCurrent)
                pair.receive()
                await sender.value
            }.value
        }
    }

    @Test("jobs run in the order in which they were given")
    func order() async throws {
        let executor = executor
        let (begun, misplaced) = (Counter(), Counter())
        let gate = ThreadGate()
        var tasks = [Task(executorPreference: executor) { gate.wait() }]
        for number in 0..<1000 {
            tasks.append(Task(executorPreference: executor) { if begun.count() != number + 1 { misplaced.count() } })
        }
        gate.open()
        for task in tasks { await task.value }
        #expect(begun.value == 1000 && misplaced.value == 0)
    }

    @Test("jobs that come without end do not keep sockets and deadlines waiting")
    func busyLoop() async throws {
        let executor = executor
        let pair = try SocketPair()
        let endings = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask(executorPreference: executor) {
                    while endings.value == 0 { await Task.yield() }
                }
            }
            group.addTask(executorPreference: executor) {
                for _ in 0..<100 {
                    pair.send()
                    _ = try await pair.near.wait(for: .readable)
                    pair.receive()
                }
                let code = try await waitError {
                    _ = try await pair.near.wait(for: .readable, until: .now + .milliseconds(5))
                }
                #expect(code == .deadlinePassed)
                endings.count()
            }
            try await group.waitForAll()
        }
    }

    @Test("the process's group has a loop for each core, which take turns")
    func group() {
        let shared = EventLoopExecutor.shared.executors
        #expect(shared.count == max(Processors.online, 1))
        let seen = (0..<shared.count).map { _ in ObjectIdentifier(EventLoopExecutor.next()) }
        #expect(Set(seen) == Set(shared.map(ObjectIdentifier.init)))
    }

    @Test("its thread ends with it, also while sockets know the loop")
    func dismissal() async throws {
        let pair = try SocketPair()
        let loop = WeakLoop()
        do {
            let executor = EventLoopExecutor(name: "test-gone")
            loop.set(executor.loop)
            try await Task(executorPreference: executor) {
                pair.send()
                _ = try await pair.near.wait(for: .readable)
            }.value
        }
        #expect(!loop.isGone)
        pair.near.close()
        #expect(await becomes { loop.isGone })
    }
}

private final class WeakLoop: Sendable {
    private struct Reference { weak var loop: EventLoop? }
    private let reference = Mutex(Reference())
    func set(_ loop: EventLoop) { reference.withLock { $0.loop = loop } }
    var isGone: Bool { reference.withLock { $0.loop == nil } }
}

private actor Reader {
    func read() async throws {
        let pair = try SocketPair()
        pair.send()
        _ = try await pair.near.wait(for: .readable)
        assertIsolated()
    }
}
