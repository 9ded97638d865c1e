internal import PoolingCore

extension DriverConformance {
    var breaking: [ConformanceEntry] {
        [
            ConformanceEntry("validate throws for a session that has ended (F20)", "executioner", subject.executioner) {
                try await seesTheEnd($0)
            },
            ConformanceEntry(
                "a session that ends while idle reaches no borrower (F20)", "executioner", subject.executioner
            ) {
                try await replacesIdle($0)
            },
            ConformanceEntry(
                "a session that ends during a loan fails its calls, and is replaced", "executioner", subject.executioner
            ) {
                try await replacesLent($0)
            },
            ConformanceEntry("closing a session that has ended already is quick", "executioner", subject.executioner) {
                try await closesTheDead($0)
            },
        ]
    }

    /// A connection whose session has been ended from outside.
    private func withDeadConnection(
        _ executioner: @escaping ConformanceExecutioner<Driver>,
        _ body: @escaping @Sendable (Driver, Driver.Connection) async throws -> Void
    ) async throws {
        try await withConnection { driver, connection in
            let end = try await executioner(driver.lend(connection, loan: .unpooled))
            driver.reclaim(connection, loan: .unpooled)
            try await end()
            try await body(driver, connection)
        }
    }

    private func seesTheEnd(_ executioner: @escaping ConformanceExecutioner<Driver>) async throws {
        try await withDeadConnection(executioner) { driver, connection in
            let error = try await ends(
                within: patience, or: "validate(_:) does not end within \(patience) for a session that has ended"
            ) { await failure(of: { try await driver.validate(connection) }) }
            try demand(
                error != nil, "validate(_:) returns for a session that has ended: it must make a real round trip")
        }
    }

    private func closesTheDead(_ executioner: @escaping ConformanceExecutioner<Driver>) async throws {
        let before = try await sessionsBefore()
        // `withConnection` closes it, and demands that this ends.
        try await withDeadConnection(executioner) { _, _ in }
        try await demandSessions(before) {
            "the backend still counts \($0 - before) sessions of connections that were closed"
        }
    }

    private func replacesIdle(_ executioner: @escaping ConformanceExecutioner<Driver>) async throws {
        try await withPool(PoolConfiguration(max: 1, validation: .always)) { pool in
            for _ in 0..<3 {
                let end = try await pool.withConnection { try await executioner($0) }
                try await end()
                try await serves(pool, after: "the end of an idle session")
            }
        }
    }

    private func replacesLent(_ executioner: @escaping ConformanceExecutioner<Driver>) async throws {
        // Nothing but the driver's own word keeps the pool from lending it again.
        try await withPool(PoolConfiguration(max: 1, validation: .never)) { pool in
            for _ in 0..<3 {
                let error = await failure(of: {
                    try await pool.withConnection { handle in
                        let end = try await executioner(handle)
                        try await end()
                        // The answer to what was on its way may still come.
                        for _ in 0..<5 { try await subject.use(handle) }
                    }
                })
                guard let error else { throw ConformanceFailure("use(_:) succeeds on a session that has ended") }
                try demand(
                    !(error is PoolError), "a session that ends during a loan is told as the pool's error: \(error)")
                try await serves(
                    pool, after: "a loan whose session had ended (condition(of:) or verdict(on:) has to tell)")
            }
        }
    }
}
