import PoolingCore
import ServiceContextModule

/// A driver whose calls end as the script says: well, badly, late or never.
struct SimulatedDriver: PoolDriver {
    let world: ShellWorld
    let requiredHooks: DriverHooks

    struct Failure: Error {
        var verdict = ErrorVerdict.keep
    }

    /// What an acquire throws whose preparation was refused.
    struct Refusal: Error {}

    func connect() async throws -> SimulatedConnection {
        world.connecting += 1
        let isWell = await world.call(.connect, nil)
        world.connecting -= 1
        if !isWell, world.lie == .forgetsConnections { _ = world.made() }
        guard isWell else { throw Task.isCancelled ? CancellationError() : Failure() }
        if world.lie == .sharesConnections, let shared = world.connections.last { return shared }
        let connection = world.made()
        if world.isEnding { world.coverage.reached(.connectLateAfterShutdown) }
        if Task.isCancelled { world.coverage.reached(.connectCancelled) }
        return connection
    }

    func validate(_ connection: SimulatedConnection) async throws {
        try await perform(.validate, connection)
        guard connection.condition != .broken else { throw Failure() }
        if connection.condition == .suspect { connection.condition = .ready }
        connection.touched = world.time
    }

    func prepare(_ connection: SimulatedConnection, context: ServiceContext) async throws {
        world.checkFreshness(of: connection)
        do {
            try await perform(.prepare, connection)
        } catch {
            // Every fourth connection's failure says that no other would do.
            throw connection.number % 4 == 0 ? LoanRefusal(Refusal()) : error
        }
        connection.isPrepared = true
    }

    func reset(_ connection: SimulatedConnection) async throws {
        try await perform(.reset, connection)
        if connection.condition == .dirty { connection.condition = .ready }
        connection.touched = world.time
    }

    private func perform(_ kind: DriverCall, _ connection: SimulatedConnection) async throws {
        world.begins(kind, on: connection)
        let isWell = await world.call(kind, connection)
        connection.call = nil
        if !isWell { throw Failure() }
    }

    func close(_ connection: SimulatedConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        world.begins(.close, on: connection, reason)
        _ = await world.call(.close, connection)
        connection.call = nil
        world.closed(connection)
    }

    func lend(_ connection: SimulatedConnection, loan: LoanID) -> SimulatedHandle {
        connection.gate.open(loan)
        world.lent(connection, loan)
        return SimulatedHandle(connection: connection, loan: loan)
    }

    func reclaim(_ connection: SimulatedConnection, loan: LoanID) {
        connection.gate.close()
        world.reenter()
    }

    func condition(of connection: SimulatedConnection) -> ConnectionCondition {
        world.reenter()
        world.asked(connection)
        if world.lie == .hidesDirt { return .ready }
        return connection.condition
    }

    func verdict(on error: any Error) -> ErrorVerdict {
        world.reenter()
        return (error as? Failure)?.verdict ?? .keep
    }
}
