/// Nothing came within the time allowed.
struct DeadlinePassed: Error, CustomStringConvertible {
    var allowed: Duration
    var description: String { "no answer within \(DurationText.short(allowed))" }
}

/// Cancels `body` when `duration` has passed.
func withDeadline<R: Sendable>(
    _ duration: Duration, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: duration)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw DeadlinePassed(allowed: duration) }
        return result
    }
}
