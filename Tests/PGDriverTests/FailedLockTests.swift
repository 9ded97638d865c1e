import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A lock of the session that a failed statement has taken", .timeLimit(.minutes(1)))
struct FailedLockTests {
    private func locks(after body: @Sendable (PGHandle) async throws -> Void) async throws -> Int {
        let pool = try Pool(Server.driver, configuration: PoolConfiguration(max: 1))
        try await pool.withConnection { handle in _ = try await sqlError { try await body(handle) } }
        let count = try await pool.withConnection { handle in
            try await handle.int(
                "SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        }
        await pool.shutdown()
        return count
    }

    @Test("F33: reaches no other borrower")
    func statement() async throws {
        #expect(try await locks { _ = try await $0.query("SELECT pg_advisory_lock(71), 1 / (random() * 0)::int") } == 0)
    }

    @Test("F33: nor does that of a batch of which a later one fails")
    func batch() async throws {
        #expect(try await locks { _ = try await $0.batch(["SELECT pg_advisory_lock(72)", "SELECT 1 / 0"]) } == 0)
    }

    @Test("F33: nor that of an INSERT")
    func insert() async throws {
        let count = try await locks { handle in
            try await handle.execute("CREATE TEMP TABLE t(v int)")
            try await handle.execute("INSERT INTO t SELECT 1 FROM (SELECT pg_advisory_lock(73)) AS lock")
        }
        #expect(count == 0)
    }
}
