import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization

/// Uses a handle from where it must not be used, and waits for the outcome on the spot.
final class Smuggled: Sendable {
    private let handle = Mutex<SQLiteHandle?>(nil)

    func keep(_ handle: SQLiteHandle?) { self.handle.withLock { $0 = handle } }

    /// The code of the refusal; empty without one.
    func ask() -> String {
        guard let handle = handle.withLock({ $0 }) else { return "" }
        let answer = Answer()
        Task {
            answer.text.withLock { $0 = "none" }
            do { _ = try await handle.query("SELECT 1") } catch let error as PoolError {
                answer.text.withLock { $0 = error.code.description }
            }
            answer.isThere.signal()
        }
        answer.isThere.wait()
        return answer.text.withLock { $0 }
    }

    private final class Answer: Sendable {
        let text = Mutex("")
        let isThere = DispatchSemaphore(value: 0)
    }
}
