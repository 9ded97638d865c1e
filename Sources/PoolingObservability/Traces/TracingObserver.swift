public import PoolingCore
internal import ServiceContextModule
public import Tracing

/// Makes spans of acquires and connects, through swift-distributed-tracing.
///
///     let pool = try Pool(Postgres(url: url), observers: [TracingObserver()])
///
/// - `pool.acquire`: from the moment in which a connection was asked for until it came, or until it was said that none
///   comes. A child of the caller's span. Only those that waited or got nothing, unless every acquire is wanted.
/// - `pool.connect`: from the beginning of a connect until it succeeded or failed. A span of its own trace: a connection
///   is opened for whoever needs it by then, which need not be whoever asked first.
///
/// A span is made when its end is known, with a beginning in the past. What got nothing has the attribute `error.type`
/// and the status `error`, except a cancellation, which is nobody's fault. No URL and no secret is in any of them;
/// errors are the drivers', which show neither.
///
/// Where no tracer is bootstrapped, an acquire that waits costs one look for one, and one that does not wait nothing.
public struct TracingObserver: PoolObserver {
    private let tracer: (any Tracer)?
    private let everyAcquire: Bool

    /// - Parameters:
    ///   - tracer: Default: the one that `InstrumentationSystem` is bootstrapped with, asked for each time.
    ///   - everyAcquire: those that did not wait, too, at the price of an event and a span for each.
    public init(tracer: (any Tracer)? = nil, everyAcquire: Bool = false) {
        self.tracer = tracer
        self.everyAcquire = everyAcquire
    }

    public var interests: PoolEventKinds {
        everyAcquire ? [.loans, .acquires, .connections] : [.acquires, .connections]
    }

    public func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        switch event {
        case .acquireGranted(let id, let waited):
            acquire(in: pool, waited, "granted") { $0["pooling.connection.id"] = Int64(clamping: id.rawValue) }
        case .acquireTimedOut(let waited):
            acquire(in: pool, waited, "timed_out", AcquireFailure(pool: pool.name, what: "timed out"))
        case .acquireCancelled(let waited): acquire(in: pool, waited, "cancelled")
        case .acquireRejected(let code):
            let failure = AcquireFailure(pool: pool.name, what: "was refused: \(code)")
            acquire(in: pool, .zero, code.description.snakeCased, failure)
        case .connectSucceeded(let id, let took): connect(in: pool, id, took, nil)
        case .connectFailed(let id, let error, let took): connect(in: pool, id, took, error)
        default: break
        }
    }

    private func acquire(
        in pool: PoolIdentity, _ waited: Duration, _ outcome: String, _ failure: AcquireFailure? = nil,
        _ more: (inout SpanAttributes) -> Void = { _ in }
    ) {
        guard let tracer = currentTracer else { return }
        span("pool.acquire", by: tracer, below: .current ?? .topLevel, in: pool, took: waited) { span in
            span.updateAttributes { attributes in
                attributes[PoolMetric.outcomeAttribute] = outcome
                attributes["pooling.acquire.waited"] = waited > .zero
                if failure != nil { attributes["error.type"] = outcome }
                more(&attributes)
            }
            if let failure { span.fail(with: failure) }
        }
    }

    private func connect(in pool: PoolIdentity, _ id: ConnectionID, _ took: Duration, _ failure: (any Error)?) {
        guard let tracer = currentTracer else { return }
        span("pool.connect", by: tracer, below: .topLevel, in: pool, took: took) { span in
            span.updateAttributes { attributes in
                attributes["pooling.connection.id"] = Int64(clamping: id.rawValue)
                attributes["pooling.connect.outcome"] = failure == nil ? "succeeded" : "failed"
                if let failure { attributes["error.type"] = "\(type(of: failure))" }
            }
            if let failure { span.fail(with: failure) }
        }
    }

    private var currentTracer: (any Tracer)? {
        if let tracer { return tracer }
        // Asking for a tracer looks up conformances, which costs several times as much.
        if InstrumentationSystem.instrument is NoOpInstrument { return nil }
        let current = InstrumentationSystem.tracer
        return current is NoOpTracer ? nil : current
    }

    private func span(
        _ name: String, by tracer: some Tracer, below parent: ServiceContext, in pool: PoolIdentity, took: Duration,
        _ describe: (any Span) -> Void
    ) {
        let end = DefaultTracerClock.now
        let start = DefaultTracerClock.Timestamp(
            nanosecondsSinceEpoch: end.nanosecondsSinceEpoch
                - min(end.nanosecondsSinceEpoch, UInt64(max(0, took.shortInNanoseconds))))
        let span = tracer.startSpan(name, context: parent, ofKind: .client, at: start)
        span.updateAttributes { $0[PoolMetric.poolNameAttribute] = pool.name }
        describe(span)
        span.end(at: end)
    }
}

/// What a span says of an acquire that got nothing.
struct AcquireFailure: Error, CustomStringConvertible {
    let pool: String
    let what: String
    var description: String { "an acquire from pool '\(pool)' \(what)" }
}

extension Span {
    fileprivate func fail(with error: any Error) {
        recordError(error)
        setStatus(SpanStatus(code: .error))
    }
}
