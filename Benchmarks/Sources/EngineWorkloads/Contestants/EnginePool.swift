internal import PoolingCore

/// A connection to nothing.
final class DummyConnection: Sendable {}

/// The driver for it: says which hooks it has, as a driver that cares for speed does.
struct DummyDriver: PoolDriver {
    func connect() async throws -> DummyConnection { DummyConnection() }
    func validate(_ connection: DummyConnection) async throws {}
    func close(_ connection: DummyConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
    var requiredHooks: DriverHooks { [] }
}

/// Is told everything and does nothing with it.
struct IdleObserver: PoolObserver {
    func observe(_ event: PoolEvent, in pool: PoolIdentity) {}
}

/// The pool of this project, with every default but its size.
struct EnginePool: Contestant {
    let pool: Pool<DummyDriver>

    /// All connections are open when this returns.
    init(connections: Int, observers: [any PoolObserver] = []) async throws {
        pool = try Pool(
            DummyDriver(), configuration: .init(min: connections, max: connections), observers: observers)
        try await pool.warmUp()
    }

    func end() async { await pool.shutdown() }

    nonisolated(nonsending) func emptyCycles(_ count: Int) async throws {
        for _ in 0..<count { try await pool.withConnection { _ in } }
    }

    nonisolated(nonsending) func yieldingCycles(_ count: Int) async throws {
        for _ in 0..<count { try await pool.withConnection { _ in await Task.yield() } }
    }

    nonisolated(nonsending) func yieldingCycles(_ count: Int, seenBy witness: Witness) async throws {
        for _ in 0..<count {
            witness.asks()
            try await pool.withConnection { _ in
                witness.isGranted()
                await Task.yield()
            }
            witness.isDone()
        }
    }
}
