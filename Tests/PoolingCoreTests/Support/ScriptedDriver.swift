import PoolingCore
import ServiceContextModule
import Synchronization

/// What a connection of the scripted driver is.
final class FakeConnection: Sendable {
    let number: Int
    let condition = Shared(ConnectionCondition.ready)
    let gate = LoanGate()
    init(number: Int) { self.number = number }
}

struct FakeFailure: Error, CustomStringConvertible {
    var text = "the fake server said no"
    var description: String { text }
}

/// A driver whose every call does what the test says, and which keeps the books. For tests of the engine only.
final class ScriptedDriver: PoolDriver {
    struct Books: Sendable {
        var connected = 0
        var open: Set<Int> = []
        var mostOpen = 0
        var validated = 0
        var reset = 0
        var prepared = 0
        var closed: [(number: Int, reason: CloseReason)] = []
    }

    struct Script: Sendable {
        var check: @Sendable (PoolConfiguration) throws(PoolConfigurationError) -> Void = { _ in }
        var connect: @Sendable (Int) async throws -> Void = { _ in }
        var validate: @Sendable (FakeConnection) async throws -> Void = { _ in }
        var reset: @Sendable (FakeConnection) async throws -> Void = { $0.condition.change { $0 = .ready } }
        var prepare: @Sendable (FakeConnection) async throws -> Void = { _ in }
        var close: @Sendable (FakeConnection) async -> Void = { _ in }
        var verdict: @Sendable (any Error) -> ErrorVerdict = { _ in .keep }
    }

    let books = Shared(Books())
    let script: Mutex<Script>
    let requiredHooks: DriverHooks

    init(_ script: Script = Script(), hooks: DriverHooks = [.lend, .condition, .reset, .verdict]) {
        self.script = Mutex(script)
        requiredHooks = hooks
    }

    func change(_ change: @Sendable (inout Script) -> Void) { script.withLock { change(&$0) } }

    func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try script.withLock { $0.check }(configuration)
    }

    func connect() async throws -> FakeConnection {
        let number = books.change {
            $0.connected += 1
            return $0.connected
        }
        try await script.withLock { $0.connect }(number)
        books.change {
            $0.open.insert(number)
            $0.mostOpen = max($0.mostOpen, $0.open.count)
        }
        return FakeConnection(number: number)
    }

    func validate(_ connection: FakeConnection) async throws {
        books.change { $0.validated += 1 }
        try await script.withLock { $0.validate }(connection)
    }

    func close(_ connection: FakeConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await script.withLock { $0.close }(connection)
        books.change {
            $0.open.remove(connection.number)
            $0.closed.append((connection.number, reason))
        }
    }

    func lend(_ connection: FakeConnection, loan: LoanID) -> FakeConnection {
        connection.gate.open(loan)
        return connection
    }
    func reclaim(_ connection: FakeConnection, loan: LoanID) { connection.gate.close() }
    func condition(of connection: FakeConnection) -> ConnectionCondition { connection.condition.change { $0 } }
    func prepare(_ connection: FakeConnection, context: ServiceContext) async throws {
        books.change { $0.prepared += 1 }
        try await script.withLock { $0.prepare }(connection)
    }
    func reset(_ connection: FakeConnection) async throws {
        books.change { $0.reset += 1 }
        try await script.withLock { $0.reset }(connection)
    }
    func verdict(on error: any Error) -> ErrorVerdict { script.withLock { $0.verdict }(error) }
}
