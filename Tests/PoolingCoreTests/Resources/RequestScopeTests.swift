import PoolingCore
import ServiceContextModule
import Testing

/// A loan that belongs to a request: whoever works for it finds the same one, and its end returns it.
@Suite struct RequestScopeTests {
    private enum BenchKey: ServiceContextKey { typealias Value = SharedLease<ResourceDriver<Workbench>> }

    /// What an application would write once.
    private func withRequest<R: Sendable>(
        on pool: Pool<ResourceDriver<Workbench>>, _ body: @Sendable () async throws -> R
    ) async throws -> R {
        let lease = try await pool.lease().shared()
        defer { lease.release() }
        var context = ServiceContext.current ?? .topLevel
        context[BenchKey.self] = lease
        return try await ServiceContext.withValue(context) { try await body() }
    }

    private func injected() throws -> SharedLease<ResourceDriver<Workbench>> {
        guard let lease = ServiceContext.current?[BenchKey.self] else { throw FakeFailure(text: "nothing is injected") }
        return lease
    }

    @Test func `a loan is returned when its request ends, well or badly`() async throws {
        let shop = Workshop()
        let pool = try Pool(shop.driver, configuration: .init(max: 1))
        try await withRequest(on: pool) {
            let lease = try injected()
            #expect(lease.connection.number == 1)
            #expect(pool.statistics.leased == 1)
        }
        #expect(await becomes { pool.statistics.idle == 1 })
        await #expect(throws: FakeFailure.self) { try await withRequest(on: pool) { throw FakeFailure() } }
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(shop.diary.value.filter { $0 == "release 1" }.count == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `all that work for one request use one loan, also in child tasks, and one of them may end it early`()
        async throws
    {
        let pool = try Pool(Workshop().driver, configuration: .init(max: 1))
        let early = try await withRequest(on: pool) {
            let first = try injected()
            async let second = injected()
            let same = try await second
            #expect(same === first)
            #expect(pool.statistics.acquired == 1)
            #expect(first.release())
            let again = try injected()
            #expect(!again.release(), "it has ended, and a second end changes nothing")
            return first
        }
        let next = try await pool.lease()
        #expect(!early.release(), "a stale release does not take the next borrower's loan")
        #expect(pool.statistics.leased == 1)
        next.release()
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a request that nobody ends returns its loan when it is forgotten`() async throws {
        let pool = try Pool(Workshop().driver, configuration: .init(max: 1))
        _ = try await pool.lease().shared().connection
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(await pool.shutdown().isClean)
    }
}
