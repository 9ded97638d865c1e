import PoolingCore
import Synchronization

/// A connection to nothing.
final class StageConnection: Sendable {
    let condition = Mutex(ConnectionCondition.ready)
}

struct StageFailure: Error, CustomStringConvertible {
    var description = "the stage server said no"
}

/// A driver whose calls do what the test says.
final class StageDriver: PoolDriver {
    struct Script: Sendable {
        var connect: @Sendable () async throws -> Void = {}
        var validate: @Sendable () async throws -> Void = {}
        var reset: @Sendable () async throws -> Void = {}
    }

    private let script = Mutex(Script())

    init(connect: @escaping @Sendable () async throws -> Void = {}) { script.withLock { $0.connect = connect } }

    func change(_ change: @Sendable (inout Script) -> Void) { script.withLock { change(&$0) } }

    func connect() async throws -> StageConnection {
        try await script.withLock { $0.connect }()
        return StageConnection()
    }
    func validate(_ connection: StageConnection) async throws { try await script.withLock { $0.validate }() }
    func reset(_ connection: StageConnection) async throws {
        try await script.withLock { $0.reset }()
        connection.condition.withLock { $0 = .ready }
    }
    func condition(of connection: StageConnection) -> ConnectionCondition { connection.condition.withLock { $0 } }
    func close(_ connection: StageConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
    var requiredHooks: DriverHooks { [.condition, .reset] }
}

/// Runs `body` with a pool whose only connection is on loan while an acquire waits for it.
/// - Returns: what the acquire came to.
func withWaiter<Driver: PoolDriver>(
    of pool: Pool<Driver>, timeout: Duration = .seconds(30), _ body: (Task<Void, any Error>) async throws -> Void
) async throws -> Result<Void, any Error> {
    let lease = try await pool.lease()
    let waiting = Task { _ = try await pool.withConnection(timeout: timeout) { _ in } }
    try await becomes { pool.statistics.waiting == 1 }
    try await body(waiting)
    lease.release()
    return await waiting.result
}

struct NeverBecame: Error {}

/// Asks again and again, for 30 seconds at most.
func becomes(_ condition: () async throws -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        if ContinuousClock.now > limit { throw NeverBecame() }
        try await Task.sleep(for: .milliseconds(1))
    }
}
