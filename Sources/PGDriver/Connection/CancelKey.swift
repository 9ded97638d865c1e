internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

/// What a cancel request needs. libpq's own object, which outlives the connection for as long as a request runs that was
/// given up on (F12).
///
/// Sendable because libpq only reads it, from any thread.
final class CancelKey: @unchecked Sendable {
    private let raw: OpaquePointer

    /// nil: the connection has none.
    init?(of link: OpaquePointer) {
        guard let raw = PQgetCancel(link) else { return nil }
        self.raw = raw
    }

    deinit { PQfreeCancel(raw) }

    /// As many requests as may go on at once; more are not sent, and their connections are closed instead.
    private static let most = 32
    static let canceller = BlockingExecutor(name: "pg-cancel", threads: most)
    private static let count = Atomic<Int>(0)

    /// Asks the server to stop what the connection runs. libpq's call blocks, so that it runs on a thread of its own, and
    /// is left to itself when the deadline comes. Cancellation of the calling task is no reason to end it.
    ///
    /// - Returns: whether the server has taken it: its signal is on its way to the backend then, before anything that is
    ///   sent to that later. If false, the request may still arrive at any time: the connection must not be used again.
    nonisolated(nonsending) func request(until deadline: MonotonicInstant) async -> Bool {
        guard Self.count.add(1, ordering: .relaxed).newValue <= Self.most else {
            Self.count.subtract(1, ordering: .relaxed)
            return false
        }
        do {
            return try await OffPool.run(on: Self.canceller, until: deadline, isCancellable: false) { [self] in
                defer { Self.count.subtract(1, ordering: .relaxed) }
                return send()
            }
        } catch {
            return false
        }
    }

    private func send() -> Bool {
        var reason = [CChar](repeating: 0, count: 256)
        return PQcancel(raw, &reason, Int32(reason.count)) == 1
    }
}
