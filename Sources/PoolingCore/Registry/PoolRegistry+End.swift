internal import Synchronization

extension PoolRegistry {
    /// Forgets the definition, and shuts the pool down if it has been made: for tenants that leave. The name is free at
    /// once.
    /// - Returns: nil if there was no pool.
    @discardableResult
    public func remove(_ name: String, within limit: Duration = .seconds(5)) async -> ShutdownReport? {
        let gone = state.withLock { state in
            let gone = state.definitions.removeValue(forKey: name)
            if gone?.made != nil { state.made -= 1 }
            return gone
        }
        return await gone?.made?.pool.shutdown(within: limit)
    }

    /// Makes every pool that is defined, and warms it up, in the order in which they were defined.
    /// - Parameter timeout: for each of them. Default: its `acquireTimeout`.
    /// - Throws: what keeps the first that fails from it.
    public func warmUp(timeout: Duration? = nil) async throws {
        for name in names { try await pool(named: name).warmUp(timeout: timeout) }
    }

    /// Shuts all pools down, the last made first, since it may use those that were made before it. Nothing can be defined
    /// or had afterwards.
    ///
    /// One waits for the other for half of `limit`; those that are left then begin at once, so that a loan that nobody
    /// returns takes no other pool's time.
    ///
    /// - Parameter limit: for all of them together.
    /// - Returns: by name, what became of their loans.
    @discardableResult
    public func shutdown(within limit: Duration = .seconds(5)) async -> [String: ShutdownReport] {
        let definitions = state.withLock { state in
            state.isShutDown = true
            return Array(state.definitions.values)
        }
        // Only now: who shuts down at the same time waits for the same pools, and is told the same.
        defer {
            _ = state.withLock { state in
                defer { state.definitions = [:] }
                return state.definitions
            }
        }
        let began = ContinuousClock.now
        let bell = Task { try await Task.sleep(until: began + limit / 2) }
        defer { bell.cancel() }
        return await withTaskGroup(of: (name: String, report: ShutdownReport)?.self) { group in
            group.addTask {
                _ = await bell.result
                return nil
            }
            var reports: [String: ShutdownReport] = [:]
            var takeTurns = true
            for pool in made(in: definitions).reversed() {
                group.addTask {
                    let left = max(.zero, ContinuousClock.now.duration(to: began + limit))
                    return (pool.name, await pool.shutdown(within: left))
                }
                guard takeTurns, let first = await group.next() else { continue }
                if let first { reports[first.name] = first.report } else { takeTurns = false }
            }
            bell.cancel()
            for await case let result? in group { reports[result.name] = result.report }
            return reports
        }
    }
}
