/// A place in a task where it waits until the script lets it go on.
///
/// Sendable because everything that varies is touched on the simulation's thread only.
final class Pause: @unchecked Sendable {
    /// What is planned for it counts only if it was planned last.
    var plan = 0
    /// How the wait ended.
    private(set) var isWell: Bool?
    private var continuation: UnsafeContinuation<Bool, Never>?

    /// The first end counts.
    func end(well: Bool) {
        guard isWell == nil else { return }
        isWell = well
        guard let waiting = continuation else { return }
        continuation = nil
        waiting.resume(returning: well)
    }

    /// - Returns: whether it ended well.
    nonisolated(nonsending) func wait() async -> Bool {
        await withUnsafeContinuation { continuation in
            if let isWell {
                continuation.resume(returning: isWell)
            } else {
                self.continuation = continuation
            }
        }
    }
}
