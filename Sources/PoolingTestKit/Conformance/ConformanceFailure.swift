internal import PoolingCore

/// What a driver does otherwise than the contract says, and what it should do.
public struct ConformanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// - Throws: ``ConformanceFailure`` with the sentence unless `condition`.
func demand(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(ConformanceFailure) {
    if !condition { throw ConformanceFailure(sentence()) }
}

/// Runs `body`, and fails with `sentence` if it has not ended within `limit`. It is cancelled then and left behind: a
/// driver that hangs must not hang the check.
func ends<R: Sendable>(
    within limit: Duration, or sentence: String, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    let (outcomes, outcome) = AsyncStream.makeStream(
        of: Result<R, any Error>.self, bufferingPolicy: .bufferingOldest(1))
    let work = Task {
        do { outcome.yield(.success(try await body())) } catch { outcome.yield(.failure(error)) }
    }
    let clock = Task {
        try await Task.sleep(for: limit)
        outcome.yield(.failure(ConformanceFailure(sentence)))
    }
    defer {
        work.cancel()
        clock.cancel()
    }
    for await first in outcomes { return try first.get() }
    // The check itself was cancelled.
    throw CancellationError()
}

/// The error that `body` throws, or nil.
func failure<R>(of body: () async throws -> R) async -> (any Error)? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// The code of the pool's error that `body` throws, or nil.
func code<R>(of body: () async throws -> R) async -> PoolError.Code? {
    (await failure(of: body) as? PoolError)?.code
}
