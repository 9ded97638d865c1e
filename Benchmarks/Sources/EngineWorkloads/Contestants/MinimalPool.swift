internal import DequeModule
internal import Synchronization

/// The least that can be called a pool: an array of idle connections and a queue of waiters under one mutex. Whoever
/// returns a connection hands it to the first waiter. No deadline, no cancellation, no check of anything, no statistics.
final class MinimalPool: Sendable {
    private struct State {
        var idle: [DummyConnection]
        var waiting: Deque<UnsafeContinuation<DummyConnection, Never>> = []
    }

    private let state: Mutex<State>

    init(connections: Int) {
        state = Mutex(State(idle: (0..<connections).map { _ in DummyConnection() }))
    }

    nonisolated(nonsending) func acquire() async -> DummyConnection {
        if let connection = state.withLock({ $0.idle.popLast() }) { return connection }
        return await withUnsafeContinuation { continuation in
            // It may have come back meanwhile.
            let connection = state.withLock { state in
                let connection = state.idle.popLast()
                if connection == nil { state.waiting.append(continuation) }
                return connection
            }
            if let connection { continuation.resume(returning: connection) }
        }
    }

    func release(_ connection: DummyConnection) {
        let waiter = state.withLock { state in
            let waiter = state.waiting.popFirst()
            if waiter == nil { state.idle.append(connection) }
            return waiter
        }
        waiter?.resume(returning: connection)
    }
}

extension MinimalPool: Contestant {
    nonisolated(nonsending) func emptyCycles(_ count: Int) async throws {
        for _ in 0..<count { release(await acquire()) }
    }

    nonisolated(nonsending) func yieldingCycles(_ count: Int) async throws {
        for _ in 0..<count {
            let connection = await acquire()
            await Task.yield()
            release(connection)
        }
    }

    nonisolated(nonsending) func yieldingCycles(_ count: Int, seenBy witness: Witness) async throws {
        for _ in 0..<count {
            witness.asks()
            let connection = await acquire()
            witness.isGranted()
            await Task.yield()
            release(connection)
            witness.isDone()
        }
    }
}
