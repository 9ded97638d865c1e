import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import PGDriver
import PoolingCore
import PoolingObservability
import TestServers
import Testing
import Tracing

@Suite struct PostgresSecrecyTests {
    @Test func `F63: a login that a server refuses shows no password in any line, span or metric`() async throws {
        let server = try await PostgresServer.shared
        let (backend, tracer, handler) = (TestMetrics(), InMemoryTracer(), InMemoryLogHandler())
        let logger = Logger(label: "test") { _ in
            var handler = handler
            handler.logLevel = .trace
            return handler
        }
        let canary = "wrong-canary-4e2a"
        let pool = try Pool(
            Postgres(url: "postgres://app:\(canary)@127.0.0.1:\(server.port)/app?sslmode=disable"), name: "p",
            configuration: .init(max: 1),
            observers: [
                MetricsObserver(factory: backend), TracingObserver(tracer: tracer, everyAcquire: true),
                LoggingObserver(logger),
            ])
        let acquire = Task { try await pool.withConnection(timeout: .seconds(60)) { _ in } }
        try await becomes { (backend.count(.connectFailures) ?? 0) > 0 }
        acquire.cancel()
        await #expect(throws: CancellationError.self) { try await acquire.value }
        await pool.shutdown()
        let failed = try #require(handler.entries.first { $0.message == "a connect failed" })
        #expect("\(failed.metadata["error"] ?? "")".contains("refuses the password of user"))
        #expect(failed.metadata["took_s"] != nil)
        let spans = tracer.finishedSpans.map { span in
            var text = "\(span.operationName) \(span.errors.map { "\($0.error)" })"
            span.attributes.forEach { text += " \($0)=\($1)" }
            return text
        }
        #expect(spans.contains { $0.contains("refuses the password of user") })
        let shown = handler.entries.map { "\($0.message) \($0.metadata)" } + spans + backend.series
        #expect(shown.count > 20)
        for text in shown { #expect(!text.contains(canary) && !text.contains("postgres://"), "\(text)") }
    }
}
