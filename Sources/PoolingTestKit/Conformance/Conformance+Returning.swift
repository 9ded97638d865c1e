internal import PoolingCore

/// What a borrower's body throws, for reasons of its own.
private struct BodyError: Error {}

extension DriverConformance {
    var returning: [ConformanceEntry] {
        [
            ConformanceEntry(
                "what one borrower leaves behind no other one finds (F32, F53)", "litter and inspection", leftover
            ) {
                leftover in
                try await cleansUp(after: "a body that returns", leftover) { pool in
                    try await pool.withConnection { try await leftover.litter($0) }
                }
            },
            ConformanceEntry("nor if the body throws", "litter and inspection", leftover) { leftover in
                try await cleansUp(after: "a body that throws", leftover) { pool in
                    _ = await failure(of: {
                        try await pool.withConnection {
                            try await leftover.litter($0)
                            throw BodyError()
                        }
                    })
                }
            },
            ConformanceEntry("nor if the borrower is cancelled", "litter and inspection", leftover) { leftover in
                try await cleansUp(after: "a borrower that is cancelled", leftover) { pool in
                    let borrower = Task {
                        try await pool.withConnection {
                            try await leftover.litter($0)
                            try await Task.sleep(for: .seconds(600))
                        }
                    }
                    while pool.statistics.leased == 0, pool.statistics.acquired == 0 { await Task.yield() }
                    borrower.cancel()
                    _ = await borrower.result
                }
            },
            ConformanceEntry("reset makes a littered connection ready", "litter and inspection", leftover) { leftover in
                try await resets(leftover)
            },
        ]
    }

    /// Either alone proves nothing.
    private var leftover: Leftover? {
        guard let litter = subject.litter, let inspection = subject.inspection else { return nil }
        return Leftover(litter: litter, inspection: inspection)
    }

    private struct Leftover: Sendable {
        var litter: ConformanceCall<Driver>
        var inspection: ConformanceCall<Driver>
    }

    private func cleansUp(
        after what: String, _ leftover: Leftover, _ loan: @escaping @Sendable (Pool<Driver>) async throws -> Void
    ) async throws {
        try await withPool { pool in
            for _ in 0..<2 {
                try await loan(pool)
                let error = await failure(of: { try await pool.withConnection { try await leftover.inspection($0) } })
                if let error {
                    throw ConformanceFailure(
                        "after \(what), the next borrower finds what it left: \(error); condition(of:) has to say .dirty "
                            + "(with .condition and .reset among requiredHooks), and reset(_:) to undo it")
                }
            }
        }
    }

    private func resets(_ leftover: Leftover) async throws {
        try await withConnection { driver, connection in
            let loan = LoanID.unpooled
            try await leftover.litter(driver.lend(connection, loan: loan))
            driver.reclaim(connection, loan: loan)
            let left = driver.condition(of: connection)
            // Closing it is an answer, too.
            if left == .broken { return }
            try demand(left == .dirty, "condition(of:) of a littered connection is .\(left): nobody will ever reset it")
            try await ends(within: patience, or: "reset(_:) does not end within \(patience)") {
                if let error = await failure(of: { try await driver.reset(connection) }) {
                    throw ConformanceFailure("reset(_:) throws for what litter leaves: \(error)")
                }
            }
            let condition = driver.condition(of: connection)
            try demand(condition == .ready, "after reset(_:) condition(of:) is .\(condition), not .ready")
            try await useDirectly(driver, connection, 2)
        }
    }
}
