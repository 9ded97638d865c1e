internal import PoolingCore

extension CrossTalk {
    /// Every connection that was ever made is in the pool or was closed, and those in the pool are the ones that the
    /// backend has. Both sides get 30 s to come to rest.
    func account(into report: inout CrossTalkReport) async throws {
        let atRest = await settles {
            let now = pool.statistics
            return now.total == now.idle && now.waiting == 0 && now.abandoned == 0
        }
        let now = pool.statistics
        if !atRest { report.note("the pool does not come to rest: \(now)") }
        if now.connected != now.closed + now.detached + UInt64(now.total) {
            report.note("\(now.connected) connections were made, \(now.closed) closed, and \(now.total) are there")
        }
        report.connected = Int(now.connected)
        let known = try await known()
        var found: [String] = []
        // Those that were closed may still be ending.
        let isEqual = await settles {
            found = ((try? await subject.sessions()) ?? []).sorted()
            return found == known
        }
        report.sessions = known.count
        if !isEqual { report.note("the pool has the sessions \(known), and the backend \(found)") }
    }

    /// The sessions behind all the pool's connections, borrowed at once.
    private func known() async throws -> [String] {
        var leases: [SharedLease<Subject.Driver>] = []
        defer { for lease in leases { lease.release() } }
        for _ in 0..<pool.statistics.total { leases.append(try await pool.lease().shared()) }
        var names: [String] = []
        for lease in leases { names.append(try await subject.session(of: lease.connection)) }
        return names.sorted()
    }

    private func settles(_ condition: () async -> Bool) async -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while await !condition() {
            if ContinuousClock.now > end { return false }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
