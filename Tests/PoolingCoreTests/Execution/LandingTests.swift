import Testing

@testable import PoolingCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Landing on an executor")
struct LandingTests {
    let executor = BlockingExecutor(name: "test-landing", threads: 4)

    @Test("a plain task's body begins on one of the threads, stays there, and the task is back afterwards")
    func fromNonisolated() async throws {
        let (executor, all) = (executor, BlockingExecutor.shared)
        try await executor.withLanding {
            #expect(executor.isCurrent)
            let here = pthread_self()
            let same = try await executor.run { pthread_equal(pthread_self(), here) != 0 }
            #expect(same)
            await Task.yield()
            #expect(executor.isCurrent)
        }
        #expect(!executor.isCurrent && !all.isCurrent)
    }

    @Test("an actor's body stays on the actor; its calls hop")
    func fromActor() async throws {
        try await Resident().land(on: executor)
    }

    @MainActor @Test("the main actor's body stays on the main actor; its calls hop")
    func fromMainActor() async throws {
        let executor = executor
        var visits = 0
        try await executor.withLanding {
            MainActor.assertIsolated()
            visits += 1
            let inside = try await executor.run { executor.isCurrent }
            #expect(inside)
            MainActor.assertIsolated()
        }
        MainActor.assertIsolated()
        #expect(visits == 1)
    }

    @Test("a caller that is there already stays on its thread")
    func alreadyThere() async throws {
        let executor = executor
        let same = try await Task(executorPreference: executor) {
            let here = pthread_self()
            return try await executor.withLanding { pthread_equal(pthread_self(), here) != 0 }
        }.value
        #expect(same)
    }

    @Test("an error leaves the body, and the caller is back")
    func errors() async throws {
        struct Refusal: Error {}
        let executor = executor
        do {
            try await executor.withLanding { throw Refusal() }
            Issue.record("no error")
        } catch is Refusal {}
        #expect(!executor.isCurrent)
    }

    @Test("a value that is not Sendable comes back")
    func nonSendable() async throws {
        final class Box { var value = 0 }
        let box = Box()
        let result = try await executor.withLanding {
            box.value += 1
            return box
        }
        #expect(result === box && box.value == 1)
    }

    @Test("a task that lives on another executor is back on that one")
    func fromAnotherExecutor() async throws {
        let (executor, home) = (executor, BlockingExecutor(name: "test-home", threads: 2))
        try await Task(executorPreference: home) {
            #expect(home.isCurrent)
            try await executor.withLanding { #expect(executor.isCurrent) }
            #expect(home.isCurrent)
        }.value
    }

    @Test("any other task executor is landed on in the same way")
    func anyExecutor() async throws {
        let (wrapper, executor) = (Wrapper(executor), executor)
        try await withLanding(on: wrapper) {
            #expect(executor.isCurrent)
            try await withLanding(on: wrapper) { #expect(executor.isCurrent) }
            #expect(executor.isCurrent)
        }
        #expect(!executor.isCurrent)
    }

    /// A task executor that the library does not know.
    final class Wrapper: TaskExecutor {
        let inner: BlockingExecutor
        init(_ inner: BlockingExecutor) { self.inner = inner }
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let executor = asUnownedTaskExecutor()
            inner.crew.submit(.job(job, on: executor))
        }
    }
}

private actor Resident {
    var visits = 0

    func land(on executor: BlockingExecutor) async throws {
        try await executor.withLanding {
            assertIsolated()
            visits += 1
            let inside = try await executor.run { executor.isCurrent }
            #expect(inside)
            assertIsolated()
        }
        assertIsolated()
        #expect(visits == 1 && !executor.isCurrent)
    }
}
