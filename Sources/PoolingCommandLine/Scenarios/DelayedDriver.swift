internal import PoolingCore
internal import ServiceContextModule

/// A driver whose connects take longer than they would: what a server far away, or a busy one, looks like.
struct DelayedDriver<Base: PoolDriver>: PoolDriver {
    let base: Base
    let delay: Duration

    func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) { try base.check(configuration) }

    func connect() async throws -> Base.Connection {
        try await Task.sleep(for: delay)
        return try await base.connect()
    }

    func validate(_ connection: Base.Connection) async throws { try await base.validate(connection) }

    func close(_ connection: Base.Connection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await base.close(connection, reason: reason, deadline: deadline)
    }

    func lend(_ connection: Base.Connection, loan: LoanID) -> Base.Handle { base.lend(connection, loan: loan) }
    func reclaim(_ connection: Base.Connection, loan: LoanID) { base.reclaim(connection, loan: loan) }
    func condition(of connection: Base.Connection) -> ConnectionCondition { base.condition(of: connection) }
    func prepare(_ connection: Base.Connection, context: ServiceContext) async throws {
        try await base.prepare(connection, context: context)
    }
    func reset(_ connection: Base.Connection) async throws { try await base.reset(connection) }
    func verdict(on error: any Error) -> ErrorVerdict { base.verdict(on: error) }
    var requiredHooks: DriverHooks { base.requiredHooks }
    var loanExecutor: (any TaskExecutor)? { base.loanExecutor }
}
