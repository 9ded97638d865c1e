import InMemoryTracing
import PoolingCore
import ServiceContextModule
import Testing
import Tracing

@testable import PoolingObservability

@Suite struct TracingObserverTests {
    let tracer = InMemoryTracer()

    private func pool(
        _ driver: StageDriver = StageDriver(), _ configuration: PoolConfiguration = .init(max: 1), every: Bool = false
    ) throws -> Pool<StageDriver> {
        try Pool(
            driver, name: "p", configuration: configuration,
            observers: [TracingObserver(tracer: tracer, everyAcquire: every)])
    }

    private func acquires() -> [FinishedInMemorySpan] {
        tracer.finishedSpans.filter { $0.operationName == "pool.acquire" }
    }
    private func connects() -> [FinishedInMemorySpan] {
        tracer.finishedSpans.filter { $0.operationName == "pool.connect" }
    }

    @Test func `an acquire that waited is a child of its caller's span, and as long as the wait`() async throws {
        let pool = try pool()
        try await pool.withConnection { _ in }
        tracer.clearFinishedSpans()
        let lease = try await pool.lease()
        let waiting = Task {
            try await tracer.withSpan("request") { span in
                try await pool.withConnection { _ in }
                return span.context
            }
        }
        try await becomes { pool.statistics.waiting == 1 }
        try await Task.sleep(for: .milliseconds(20))
        lease.release()
        let request = try #require(try await waiting.value.inMemorySpanContext)
        let span = try #require(acquires().first)
        #expect(acquires().count == 1)
        #expect(span.parentSpanID == request.spanID)
        #expect(span.traceID == request.traceID)
        #expect(span.kind == .client)
        let took = span.endInstant.nanosecondsSinceEpoch - span.startInstant.nanosecondsSinceEpoch
        #expect(took >= 20_000_000)
        #expect(span.attributes.get(PoolMetric.poolNameAttribute) == .string("p"))
        #expect(span.attributes.get(PoolMetric.outcomeAttribute) == .string("granted"))
        #expect(span.attributes.get("pooling.acquire.waited") == .bool(true))
        #expect(span.attributes.get("pooling.connection.id") != nil)
        #expect(span.errors.isEmpty && span.status == nil)
        await pool.shutdown()
    }

    @Test func `an acquire that did not wait is a span only on request`() async throws {
        for every in [false, true] {
            tracer.clearAll()
            let pool = try pool(StageDriver(), .init(min: 1, max: 1), every: every)
            try await pool.warmUp()
            try await tracer.withSpan("request") { _ in try await pool.withConnection { _ in } }
            await pool.shutdown()
            let request = try #require(tracer.finishedSpans.first { $0.operationName == "request" })
            #expect(acquires().map(\.parentSpanID) == (every ? [request.spanID] : []))
            if every { #expect(acquires().first?.attributes.get("pooling.acquire.waited") == .bool(false)) }
        }
    }

    @Test func `an acquire that times out is an error of its caller's trace`() async throws {
        let pool = try pool()
        let lease = try await pool.lease()
        tracer.clearFinishedSpans()
        await #expect(throws: PoolError.self) {
            try await tracer.withSpan("request") { _ in
                try await pool.withConnection(timeout: .milliseconds(10)) { _ in }
            }
        }
        let request = try #require(tracer.finishedSpans.first { $0.operationName == "request" })
        let span = try #require(acquires().first)
        #expect(span.parentSpanID == request.spanID)
        #expect(span.attributes.get(PoolMetric.outcomeAttribute) == .string("timed_out"))
        #expect(span.attributes.get("error.type") == .string("timed_out"))
        #expect(span.status?.code == .error)
        #expect(span.errors.map { "\($0.error)" } == ["an acquire from pool 'p' timed out"])
        lease.release()
        await pool.shutdown()
    }

    @Test func `an acquire that is cancelled is told without an error`() async throws {
        let pool = try pool()
        let result = try await withWaiter(of: pool) {
            tracer.clearFinishedSpans()
            $0.cancel()
            _ = await $0.result
        }
        #expect(throws: CancellationError.self) { try result.get() }
        let span = try #require(acquires().first)
        #expect(span.attributes.get(PoolMetric.outcomeAttribute) == .string("cancelled"))
        #expect(span.status == nil && span.errors.isEmpty)
        await pool.shutdown()
    }

    @Test func `an acquire that is refused is told with the code`() async throws {
        let pool = try pool(StageDriver(), .init(max: 1, suspensionPolicy: .fail))
        pool.suspend()
        await #expect(throws: PoolError.self) {
            try await tracer.withSpan("request") { _ in try await pool.withConnection { _ in } }
        }
        let request = try #require(tracer.finishedSpans.first { $0.operationName == "request" })
        let span = try #require(acquires().first)
        #expect(span.parentSpanID == request.spanID)
        #expect(span.attributes.get(PoolMetric.outcomeAttribute) == .string("suspended"))
        #expect(span.attributes.get("error.type") == .string("suspended"))
        #expect(span.errors.map { "\($0.error)" } == ["an acquire from pool 'p' was refused: suspended"])
        await pool.shutdown()
    }

    @Test func `a connect is the root of its own trace, whoever it is for`() async throws {
        let pool = try pool(StageDriver { try await Task.sleep(for: .milliseconds(5)) })
        try await tracer.withSpan("request") { _ in try await pool.withConnection { _ in } }
        let span = try #require(connects().first)
        #expect(connects().count == 1)
        #expect(span.parentSpanID == nil)
        #expect(span.endInstant.nanosecondsSinceEpoch - span.startInstant.nanosecondsSinceEpoch >= 5_000_000)
        #expect(span.attributes.get(PoolMetric.poolNameAttribute) == .string("p"))
        #expect(span.attributes.get("pooling.connect.outcome") == .string("succeeded"))
        await pool.shutdown()
    }

    @Test func `a connect that fails is told with the driver's error`() async throws {
        let pool = try pool(StageDriver { throw StageFailure() })
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .milliseconds(50)) { _ in } }
        let span = try #require(connects().first)
        #expect(span.attributes.get("pooling.connect.outcome") == .string("failed"))
        #expect(span.attributes.get("error.type") == .string("StageFailure"))
        #expect(span.errors.map { "\($0.error)" } == ["the stage server said no"])
        #expect(span.status?.code == .error)
        await pool.shutdown()
    }

    @Test func `the tracer is the one that is in force where the acquire is, unless one is named`() async throws {
        let pool = try Pool(
            StageDriver(), name: "p", configuration: .init(min: 1, max: 1),
            observers: [TracingObserver(everyAcquire: true)])
        try await pool.warmUp()
        try await pool.withConnection { _ in }
        try await withTracer(tracer) { try await pool.withConnection { _ in } }
        #expect(acquires().count == 1)
        await pool.shutdown()
    }
}
