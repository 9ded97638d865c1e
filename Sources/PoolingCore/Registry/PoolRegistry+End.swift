internal import Synchronization

extension PoolRegistry {
    /// Forgets the definition, and shuts the pool down if it has been made: for tenants that leave. The name is free at
    /// once.
    /// - Returns: nil if there was no pool.
    @discardableResult
    public func remove(_ name: String, within limit: Duration = .seconds(5)) async -> ShutdownReport? {
        let gone = state.withLock { state in
            let gone = state.definitions.removeValue(forKey: name)
            if let gone { state.leave(gone) }
            return gone
        }
        guard let gone else { return nil }
        return await end(gone, within: limit)
    }

    /// Of a definition that is leaving.
    func end(_ definition: PoolDefinition, within limit: Duration) async -> ShutdownReport? {
        guard let pool = definition.made?.pool else { return nil }
        let report = await pool.shutdown(within: limit)
        // What was held is foreign, and ends outside of the lock.
        _ = state.withLock { $0.leaving.removeValue(forKey: definition.madeAs) }
        return report
    }

    /// Makes every pool that is defined, and warms it up, in the order in which they were defined. One that is removed
    /// meanwhile is left out.
    /// - Parameter timeout: for each of them. Default: its `acquireTimeout`.
    /// - Throws: what keeps the first that fails from it.
    public func warmUp(timeout: Duration? = nil) async throws {
        for name in names {
            while let number = try number(of: name) {
                do {
                    try await pool(named: name).warmUp(timeout: timeout)
                    break
                } catch {
                    if try self.number(of: name) == number { throw error }
                    // Removed, or another one by now.
                }
            }
        }
    }

    /// nil: not defined.
    private func number(of name: String) throws(PoolRegistryError) -> UInt64? {
        try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(name) }
            return state.definitions[name]?.number
        }
    }

    /// Shuts all pools down, the last made first, since it may use those that were made before it. Nothing can be defined
    /// or had afterwards.
    ///
    /// One waits for the other for half of `limit`; those that are left then begin at once, so that a loan that nobody
    /// returns takes no other pool's time. Pools that are being removed are waited for, too.
    ///
    /// - Parameter limit: for all of them together.
    /// - Returns: by name, what became of their loans.
    @discardableResult
    public func shutdown(within limit: Duration = .seconds(5)) async -> [String: ShutdownReport] {
        let (definitions, leaving) = state.withLock { state in
            state.isShutDown = true
            return (Array(state.definitions.values), Array(state.leaving.values))
        }
        // Only now: who shuts down at the same time waits for the same pools, and is told the same.
        defer {
            _ = state.withLock { state in
                defer { state.definitions = [:] }
                return state.definitions
            }
        }
        let removed = Set(made(in: leaving).map { ObjectIdentifier($0) })
        let began = ContinuousClock.now
        let bell = Task { try await Task.sleep(until: began + limit / 2) }
        defer { bell.cancel() }
        return await withTaskGroup(of: Ending?.self) { group in
            group.addTask {
                _ = await bell.result
                return nil
            }
            var endings: [Ending] = []
            var takeTurns = true
            for pool in made(in: definitions + leaving).reversed() {
                let isLeaving = removed.contains(ObjectIdentifier(pool))
                group.addTask {
                    let left = max(.zero, ContinuousClock.now.duration(to: began + limit))
                    return Ending(name: pool.name, isLeaving: isLeaving, report: await pool.shutdown(within: left))
                }
                guard takeTurns, let first = await group.next() else { continue }
                if let first { endings.append(first) } else { takeTurns = false }
            }
            bell.cancel()
            for await case let ending? in group { endings.append(ending) }
            // A pool that was removed may have had the name of one that was there.
            let (old, present) = (endings.filter(\.isLeaving), endings.filter { !$0.isLeaving })
            return Dictionary((present + old).map { ($0.name, $0.report) }) { first, _ in first }
        }
    }

    private struct Ending: Sendable {
        var name: String
        var isLeaving: Bool
        var report: ShutdownReport
    }
}
