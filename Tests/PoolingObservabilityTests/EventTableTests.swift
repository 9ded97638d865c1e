import Foundation
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import PoolingCore
import PoolingObservability
import Testing

@Suite struct EventTableTests {
    private let pool = PoolIdentity(name: "p", number: 1)

    @Test(arguments: EventRow.all)
    func `an event becomes the metrics, the span and the line that its row says`(_ row: EventRow) {
        let (backend, tracer, handler) = (TestMetrics(), InMemoryTracer(), InMemoryLogHandler())
        let logger = Logger(label: "test") { _ in
            var handler = handler
            handler.logLevel = .trace
            return handler
        }
        let all: [any PoolObserver] = [
            MetricsObserver(factory: backend, loanTimes: .exact), TracingObserver(tracer: tracer, everyAcquire: true),
            LoggingObserver(logger),
        ]
        let observers = all.map { $0.observer(of: pool) }
        for observer in observers where !observer.interests.isDisjoint(with: row.event.kind) {
            observer.observe(row.event, in: pool)
        }
        #expect(backend.moved == Set(row.metrics))
        #expect(tracer.finishedSpans.map(\.operationName) == (row.span.map { [$0] } ?? []))
        #expect(tracer.activeSpans.isEmpty)
        #expect(handler.entries.map(\.level) == [row.level])
        #expect(handler.entries.first?.metadata["pool"] == "p")
        withExtendedLifetime(observers) {}
    }

    @Test func `every event has its row, and every row its line in the article`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let events = try String(
            contentsOf: folder.appendingPathComponent("Sources/PoolingCore/Observers/PoolEvent.swift"), encoding: .utf8)
        let names = events.matches(of: /\n    case ([a-zA-Z]+)/).map { String($0.1) }
        #expect(names.count > 20)
        #expect(Set(names) == Set(EventRow.all.map(\.name)))
        let article = try String(
            contentsOf: folder.appendingPathComponent(
                "Sources/PoolingObservability/PoolingObservability.docc/ReadTheMetrics.md"), encoding: .utf8)
        for row in EventRow.all { #expect(article.contains("\n\(row.line)\n"), "\(row.line)") }
    }

    @Test func `a shutdown that had to use force is a warning`() {
        let handler = InMemoryLogHandler()
        let observer = LoggingObserver(Logger(label: "test") { _ in handler }).observer(of: pool)
        observer.observe(.shutdownEnded(EventRow.forced), in: pool)
        #expect(handler.entries.map(\.level) == [.warning])
        #expect(handler.entries.first?.metadata["loans_forced"] == "1")
    }
}
