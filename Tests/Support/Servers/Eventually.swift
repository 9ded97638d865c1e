/// Asks again and again, for 30 seconds at most: for what other processes do, which nothing tells us about.
/// - Returns: whether it has become true.
package func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < limit {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try await condition()
}
