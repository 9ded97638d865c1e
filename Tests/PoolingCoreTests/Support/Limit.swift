import PoolingCore

/// Runs `body`, and returns whether it ended within `limit`: for what must end, but would last for ever if the defence
/// that the test is about were missing. What has not ended is cancelled and left to itself.
func ends(within limit: Duration, _ body: @escaping @Sendable () async -> Void) async -> Bool {
    let (endings, ending) = AsyncStream.makeStream(of: Bool.self)
    let work = Task {
        await body()
        ending.yield(true)
    }
    let clock = Task {
        try? await Task.sleep(for: limit)
        ending.yield(false)
    }
    var iterator = endings.makeAsyncIterator()
    let hasEnded = await iterator.next() ?? false
    clock.cancel()
    if !hasEnded { work.cancel() }
    return hasEnded
}

/// Yields until `condition` holds.
/// - Returns: false if it does not within `limit`.
func becomes(within limit: Duration = .seconds(10), _ condition: @escaping @Sendable () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        if ContinuousClock.now > deadline { return false }
        await Task.yield()
    }
    return true
}

/// Whether it would serve nobody now.
func isDown(_ pool: any ManagedPool) -> Bool {
    if case .down = pool.health { true } else { false }
}
