import Foundation

/// Runs long synchronous work on a thread of its own, so that the tests beside it, which have deadlines, keep the
/// cooperative threads.
func onItsOwnThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: work()) }.start()
    }
}
