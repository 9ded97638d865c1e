internal import PoolingCore

extension DriverConformance {
    var limiting: [ConformanceEntry] {
        [
            ConformanceEntry("the backend never counts more sessions than max", "sessions", subject.sessions) {
                try await staysWithinMax($0)
            },
            ConformanceEntry("connections that are replaced are gone at the backend, too", "sessions", subject.sessions)
            {
                try await leavesNoSession($0)
            },
        ]
    }

    var ending: [ConformanceEntry] {
        [
            ConformanceEntry("close ends even if its deadline has passed") {
                let driver = try await makeDriver()
                let connection = try await driver.connect()
                try await ends(within: patience, or: "close(_:reason:deadline:) waits on after its deadline") {
                    await driver.close(connection, reason: .shutdown, deadline: .now - .seconds(1))
                }
            },
            ConformanceEntry("close ends even if its task is cancelled") {
                let before = try await sessionsBefore()
                let driver = try await makeDriver()
                let connection = try await driver.connect()
                let closing = Task {
                    while !Task.isCancelled { await Task.yield() }
                    await driver.close(connection, reason: .shutdown, deadline: .now + .seconds(1))
                }
                closing.cancel()
                try await ends(within: patience, or: "close(_:reason:deadline:) does not end once cancelled") {
                    await closing.value
                }
                try await demandSessions(before) {
                    "a close(_:reason:deadline:) that was cancelled leaves \($0 - before) sessions at the backend"
                }
            },
        ]
    }

    private func staysWithinMax(_ sessions: @escaping @Sendable () async throws -> Int) async throws {
        let before = try await sessionsBefore()
        let max = 3
        try await withPool(PoolConfiguration(max: max)) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        for _ in 0..<20 { try await pool.withConnection { try await subject.use($0) } }
                    }
                }
                group.addTask {
                    var most = 0
                    for _ in 0..<50 {
                        most = Swift.max(most, try await sessions() - before)
                        await Task.yield()
                    }
                    try demand(most <= max, "a pool of max \(max) has \(most) sessions at the backend")
                }
                try await group.waitForAll()
            }
        }
        try await demandSessions(before) { "after shutdown the backend still counts \($0 - before) sessions" }
    }

    private func leavesNoSession(_ sessions: @escaping @Sendable () async throws -> Int) async throws {
        let before = try await sessionsBefore()
        try await withPool { pool in
            for _ in 0..<10 {
                let lease = try await pool.lease()
                try await subject.use(lease.connection)
                lease.discard()
            }
            try await pool.withConnection { try await subject.use($0) }
            try await demandSessions(before + 1) {
                "after ten discarded connections the backend counts \($0 - before) sessions instead of one"
            }
        }
    }
}
