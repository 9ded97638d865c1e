import PoolingCore
import Testing

/// A handle that refuses, the way a driver's handles do.
struct GatedDriver: PoolDriver {
    struct Handle: Sendable {
        let connection: FakeConnection
        let loan: LoanID
        func use<R>(_ body: () async throws -> R) async throws -> R {
            try connection.gate.enter(loan)
            defer { connection.gate.leave(loan) }
            return try await body()
        }
    }

    var executor: (any TaskExecutor)?
    func connect() async throws -> FakeConnection { FakeConnection(number: 1) }
    func validate(_ connection: FakeConnection) async throws {}
    /// A shutdown may close what a borrower still holds.
    func close(_ connection: FakeConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        connection.gate.close()
    }
    func lend(_ connection: FakeConnection, loan: LoanID) -> Handle {
        connection.gate.open(loan)
        return Handle(connection: connection, loan: loan)
    }
    func reclaim(_ connection: FakeConnection, loan: LoanID) { connection.gate.close() }
    var requiredHooks: DriverHooks { [.lend] }
    var loanExecutor: (any TaskExecutor)? { executor }
}

@Suite struct HandleTests {
    @Test func `F51: a handle refuses after its loan, also while the connection is on loan to another`() async throws {
        let pool = try Pool(GatedDriver(), configuration: .init(max: 1))
        let stale = try await pool.withConnection { handle in
            try await handle.use {}
            return handle
        }
        let idle = await #expect(throws: PoolError.self) { try await stale.use {} }
        #expect(idle?.code == .loanEnded)
        let lease = try await pool.lease()
        let lent = await #expect(throws: PoolError.self) { try await stale.use {} }
        #expect(lent?.code == .loanEnded)
        let handle = lease.connection
        try await handle.use {}
        lease.release()
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F51: a handle refuses a second task while one uses it`() async throws {
        let pool = try Pool(GatedDriver(), configuration: .init(max: 1))
        try await pool.withConnection { handle in
            let inside = Gate()
            let done = Gate()
            let first = Task {
                try await handle.use {
                    inside.open(); await done.wait()
                }
            }
            await inside.wait()
            let error = await #expect(throws: PoolError.self) { try await handle.use {} }
            #expect(error?.code == .concurrentUse)
            done.open()
            try await first.value
            try await handle.use {}
        }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a loan lives on the driver's executor, and its caller is back where it was`() async throws {
        let executor = BlockingExecutor(name: "loans", threads: 2)
        let pool = try Pool(GatedDriver(executor: executor), configuration: .init(max: 2))
        #expect(!executor.isCurrent)
        try await pool.withConnection { _ in #expect(executor.isCurrent) }
        #expect(!executor.isCurrent)
        await #expect(throws: FakeFailure.self) {
            try await pool.withConnection { _ in
                #expect(executor.isCurrent)
                throw FakeFailure()
            }
        }
        #expect(!executor.isCurrent)
        try await onMainActor(pool, executor)
        try await Resident().visit(pool, executor)
        #expect(await pool.shutdown().isClean)
    }

    @MainActor private func onMainActor(_ pool: Pool<GatedDriver>, _ executor: BlockingExecutor) async throws {
        try await pool.withConnection { _ in
            MainActor.assertIsolated()
            #expect(!executor.isCurrent)
        }
        MainActor.assertIsolated()
    }

    private actor Resident {
        func visit(_ pool: Pool<GatedDriver>, _ executor: BlockingExecutor) async throws {
            try await pool.withConnection { _ in
                assertIsolated()
                #expect(!executor.isCurrent)
            }
            assertIsolated()
        }
    }
}
