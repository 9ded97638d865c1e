import Synchronization
import Testing

@testable import PoolingCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("BlockingExecutor: run")
struct BlockingExecutorTests {
    let executor = BlockingExecutor(name: "test-blocking", threads: 16)

    @Test("a call from a plain task runs on one of its threads, and the task goes on elsewhere")
    func runFromNonisolatedTask() async throws {
        #expect(!executor.isCurrent)
        let inside = try await executor.run { executor.isCurrent }
        #expect(inside)
        #expect(!executor.isCurrent)
    }

    @Test("a call from an actor runs on one of its threads, and the actor goes on as itself")
    func runFromActor() async throws {
        #expect(try await Caller().callAndComeBack(executor))
    }

    // Not told by the thread: on Linux the main actor's queue moves from one thread to another as soon as the process's
    // first thread has given it up.
    @MainActor @Test("a call from the main actor runs on one of its threads, and goes on on the main actor")
    func runFromMainActor() async throws {
        #expect(!executor.isCurrent)
        let inside = try await executor.run { executor.isCurrent }
        #expect(inside)
        MainActor.assertIsolated()
        #expect(!executor.isCurrent)
    }

    @Test("a call from one of its own threads runs right there")
    func runInline() async throws {
        let (outside, inside) = try await executor.run { () -> (pthread_t, pthread_t) in
            (pthread_self(), pthread_self())
        }
        #expect(pthread_equal(outside, inside) != 0)
        let same = try await Task(executorPreference: executor) { [executor] in
            let here = pthread_self()
            return try await executor.run { pthread_equal(pthread_self(), here) != 0 }
        }.value
        #expect(same)
    }

    @Test("an error leaves the call as it was thrown")
    func errorsPropagate() async {
        let executor = executor
        await #expect(throws: Refusal.self) { try await executor.run { () throws -> Void in throw Refusal() } }
        #expect(!executor.isCurrent)
    }

    @Test("a value that is not Sendable comes back")
    func nonSendableResult() async throws {
        final class Box { var value = 1 }
        let box = try await executor.run { Box() }
        box.value += 1
        #expect(box.value == 2)
    }

    @Test("cancellation of the task loses neither the call nor its result")
    func cancellation() async throws {
        let entered = AsyncStream.makeStream(of: Void.self)
        let gate = ThreadGate()
        let task = Task { [executor] in
            try await executor.run {
                entered.continuation.yield()
                gate.wait()
                return 42
            }
        }
        for await _ in entered.stream { break }
        task.cancel()
        gate.open()
        #expect(try await task.value == 42)
    }

    @Test("a hundred thousand hops lose nothing")
    func manyHops() async throws {
        let count = Tally()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask { [executor] in
                    var sum = 0
                    for i in 0..<10_000 {
                        sum += try await executor.run {
                            count.add()
                            return i
                        }
                    }
                    return sum
                }
            }
            for try await sum in group { #expect(sum == 10_000 * 9_999 / 2) }
        }
        #expect(count.count == 100_000)
    }
}

@Suite("BlockingExecutor: threads")
struct BlockingExecutorThreadTests {
    @Test("as many calls as it has threads can block at once, and one more waits for the first of them")
    func allThreadsBlock() async throws {
        let executor = BlockingExecutor(name: "test-blocking", threads: 8)
        let gate = ThreadGate()
        let entered = AsyncStream.makeStream(of: Void.self)
        let last = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await executor.run {
                        entered.continuation.yield()
                        gate.wait()
                    }
                }
            }
            // All eight are inside at the same time, though the machine may have one core only.
            var arrivals = entered.stream.makeAsyncIterator()
            for _ in 0..<8 { _ = await arrivals.next() }
            group.addTask { try await executor.run { last.add() } }
            #expect(last.count == 0)
            gate.open()
            try await group.waitForAll()
        }
        #expect(last.count == 1)
    }

    @Test("a job left behind by a thread that then blocks is taken by another")
    func jobLeftBehind() async throws {
        let executor = BlockingExecutor(name: "test-blocking", threads: 4)
        let gate = ThreadGate()
        let outer = Task(executorPreference: executor) {
            let inner = Task(executorPreference: executor) { gate.open() }
            gate.wait()
            return inner
        }
        await outer.value.value
    }

    @Test("tasks that live on it and never suspend by themselves all finish")
    func livingTasks() async throws {
        let executor = BlockingExecutor(name: "test-blocking", threads: 16)
        let total = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask(executorPreference: executor) {
                    for _ in 0..<200 {
                        total.add()
                        await Task.yield()
                    }
                }
            }
        }
        #expect(total.count == 64 * 200)
    }

    @Test("two executors do not take each other's threads for their own")
    func twoExecutors() async throws {
        let (a, b) = (BlockingExecutor(name: "test-a", threads: 2), BlockingExecutor(name: "test-b", threads: 2))
        let seen = try await a.run { (a.isCurrent, b.isCurrent) }
        #expect(seen == (true, false))
        let nested = try await Task(executorPreference: a) { try await b.run { (a.isCurrent, b.isCurrent) } }.value
        #expect(nested == (false, true))
    }

    @Test("the threads of an executor that is gone end")
    func threadsEnd() async throws {
        weak var crew: BlockingCrew?
        do {
            let executor = BlockingExecutor(name: "test-gone", threads: 4)
            crew = executor.crew
            try await executor.run {}
            #expect(crew != nil)
        }
        // Threads hold the crew; the last to end lets it go.
        for _ in 0..<5_000 where crew != nil { try await Task.sleep(for: .milliseconds(1)) }
        #expect(crew == nil)
    }
}

private struct Refusal: Error {}

private final class Tally: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.wrappingAdd(1, ordering: .relaxed) }
}

private actor Caller {
    func callAndComeBack(_ executor: BlockingExecutor) async throws -> Bool {
        let inside = try await executor.run { executor.isCurrent }
        assertIsolated()
        return inside && !executor.isCurrent
    }
}
