import PoolingCore
import Testing

/// F52 where child tasks are followed.
@Suite(.timeLimit(.minutes(1))) struct ChildTaskTests {
    private func pool(max: Int) throws -> Pool<ScriptedDriver> {
        try Pool(
            ScriptedDriver(), configuration: .init(max: max, nestedAcquire: .failOnDeadlockInChildTasks))
    }

    private func code(_ body: () async throws -> Void) async throws -> PoolError.Code? {
        do {
            try await body()
            return nil
        } catch let error as PoolError {
            return error.code
        }
    }

    @Test func `F52: a child that waits for what its parent holds is told at once`() async throws {
        let pool = try pool(max: 1)
        let found = try await pool.withConnection { _ in
            async let child = code { try await pool.withConnection { _ in } }
            return try await child
        }
        #expect(found == .nestedAcquireWouldDeadlock)
        #expect(try await code { try await pool.withConnection { _ in } } == nil)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F52: so is a child of a child, and the task itself`() async throws {
        let pool = try pool(max: 2)
        let found = try await pool.withConnection { _ in
            async let child = pool.withConnection { _ in
                async let grandchild = code { try await pool.withConnection { _ in } }
                return try await grandchild
            }
            return try await child
        }
        #expect(found == .nestedAcquireWouldDeadlock)
        let own = try await pool.withConnection { _ in
            try await pool.withConnection { _ in try await code { try await pool.withConnection { _ in } } }
        }
        #expect(own == .nestedAcquireWouldDeadlock)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F52: one of many children that hold all connections and want another is told`() async throws {
        let pool = try pool(max: 3)
        let outcomes = try await pool.withConnection { _ in
            try await withThrowingTaskGroup(of: PoolError.Code?.self) { group in
                let holding = Shared(0)
                for _ in 0..<2 {
                    group.addTask {
                        try await code {
                            try await pool.withConnection { _ in
                                holding.change { $0 += 1 }
                                while holding.change({ $0 }) < 2 { await Task.yield() }
                                try await pool.withConnection { _ in }
                            }
                        }
                    }
                }
                var outcomes: [PoolError.Code?] = []
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
        }
        #expect(outcomes.count { $0 == .nestedAcquireWouldDeadlock } == 1 && outcomes.count { $0 == nil } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F52: a child that a sibling will make room for waits`() async throws {
        let pool = try pool(max: 2)
        let gate = Gate()
        try await pool.withConnection { _ in
            async let holder: Void = pool.withConnection { _ in await gate.wait() }
            while pool.statistics.leased < 2 { await Task.yield() }
            async let waiter: Void = pool.withConnection { _ in }
            while pool.statistics.waiting < 1 { await Task.yield() }
            gate.open()
            try await holder
            try await waiter
        }
        #expect(pool.statistics.rejected == 0)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `loans of another pool have nothing to do with it`() async throws {
        let (one, other) = (try pool(max: 1), try pool(max: 1))
        try await one.withConnection { _ in
            async let child: Void = other.withConnection { _ in }
            try await child
        }
        for pool in [one, other] { #expect(await pool.shutdown().isClean) }
    }

    @Test func `it can be switched on and off while the pool works`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1))
        var configuration = pool.configuration
        configuration.nestedAcquire = .failOnDeadlockInChildTasks
        try pool.apply(configuration)
        let found = try await pool.withConnection { _ in
            async let child = code { try await pool.withConnection { _ in } }
            return try await child
        }
        #expect(found == .nestedAcquireWouldDeadlock)
        #expect(await pool.shutdown().isClean)
    }
}
