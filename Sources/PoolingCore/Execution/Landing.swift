internal import CPoolingShims

extension BlockingExecutor {
    /// Lets `body` live on this executor, so that its calls of ``run(_:)`` cross no thread: one hop in and one out,
    /// however many calls, and none for a caller that is there already. Afterwards the caller is back on its own
    /// executor.
    ///
    /// A caller that has an actor stays on it, since `body` shares its isolation: each call hops by itself then.
    public nonisolated(nonsending) func withLanding<R>(
        _ body: nonisolated(nonsending) () async throws -> R
    ) async throws -> R {
        if isCurrent { return try await body() }
        return try await land(on: self, body)
    }
}

/// ``BlockingExecutor/withLanding(_:)`` for whatever executor a driver names.
@usableFromInline
package nonisolated(nonsending) func withLanding<R>(
    on executor: any TaskExecutor, _ body: nonisolated(nonsending) () async throws -> R
) async throws -> R {
    if let blocking = executor as? BlockingExecutor { return try await blocking.withLanding(body) }
    let preferred = withUnsafeCurrentTask { $0?.unownedTaskExecutor }
    if preferred == executor.asUnownedTaskExecutor() { return try await body() }
    return try await land(on: executor, body)
}

private nonisolated(nonsending) func land<R>(
    on executor: any TaskExecutor, _ body: nonisolated(nonsending) () async throws -> R
) async throws -> R {
    if hasActor() { return try await body() }
    // A preference alone moves nothing until the first suspension: `body` would begin on the caller's thread, and the
    // caller go on here. So both ways are walked.
    let result: Result<R, any Error>
    do {
        let value = try await withTaskExecutorPreference(executor) {
            await touchGround()
            return try await body()
        }
        result = .success(value)
    } catch {
        result = .failure(error)
    }
    await touchGround()
    return try result.get()
}

/// Whether the caller is isolated. (`#isolation` compared in the body of a caller-isolated function crashes the
/// compiler of Swift 6.3; as an argument it does not.)
@inline(__always) private func hasActor(_ isolation: (any Actor)? = #isolation) -> Bool { isolation != nil }

/// Switches to the executor that the task prefers, since that is where concurrent functions run. It must not be
/// inlined nor be empty: a switch that nothing depends on is optimised away.
@concurrent @inline(never) private func touchGround() async { _ = pooling_get_thread_mark() }
