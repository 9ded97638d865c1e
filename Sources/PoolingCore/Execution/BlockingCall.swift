/// One call that waits for a thread of a ``BlockingExecutor`` while its task is suspended.
class BlockingCall {
    func perform() {}
}

/// The call of ``BlockingExecutor/run(_:)``: `body` on this side, the suspended task on the other.
final class ResumingCall<R>: BlockingCall {
    // Taken before the task is resumed: a closure that does not escape must be given up by then.
    private var body: (() throws -> R)?
    private let continuation: UnsafeContinuation<Handover<R>, any Error>
    private let order: ResumeOrder

    init(
        _ body: @escaping () throws -> R, _ continuation: UnsafeContinuation<Handover<R>, any Error>,
        _ order: ResumeOrder
    ) {
        self.body = body
        self.continuation = continuation
        self.order = order
    }

    override func perform() {
        guard let body = body.take() else { return }
        let result = Result { try Handover(body()) }
        Self.finish(consume body, result, continuation, order)
    }

    private static func finish(
        _ body: consuming @escaping () throws -> R, _ result: Result<Handover<R>, any Error>,
        _ continuation: UnsafeContinuation<Handover<R>, any Error>, _ order: ResumeOrder
    ) {
        _ = consume body
        order.beforeResuming()
        continuation.resume(with: result)
    }
}

/// Carries a value from the thread that made it to the task that waits for it.
///
/// Sendable because there is no moment at which both sides have it: the maker lets go of it before the task resumes.
struct Handover<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
