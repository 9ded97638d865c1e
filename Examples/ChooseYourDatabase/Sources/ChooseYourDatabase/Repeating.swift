import PoolingSQL

/// Runs `body` again for as long as the database asks for it: somebody else was quicker, and nothing has been done.
/// - Returns: what it was repeated for.
func repeating(_ body: () async throws -> Void) async throws -> [SQLError.Kind] {
    var reasons: [SQLError.Kind] = []
    while true {
        do {
            try await body()
            return reasons
        } catch let error as SQLError where error.isWorthRepeating && reasons.count < 10 {
            reasons.append(error.kind)
            // Those who have met once should not meet again.
            try await Task.sleep(for: .milliseconds(.random(in: 1...100)))
        }
    }
}

extension SQLError {
    /// A whole transaction that ends with one of these may succeed the next time, on every database.
    var isWorthRepeating: Bool { [.serialization, .deadlock, .busy].contains(kind) }
}
