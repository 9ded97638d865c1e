internal import PoolingCore

extension DriverConformance {
    var lending: [ConformanceEntry] {
        [
            ConformanceEntry("a connection works loan after loan, by closure, by lease and shared") {
                try await worksAgain()
            },
            ConformanceEntry("a handle refuses after its loan, with .loanEnded (F51)") { try await refusesAfterLoan() },
            ConformanceEntry("a handle of an earlier loan does not disturb the next one (F51)") {
                try await leavesNextAlone()
            },
            ConformanceEntry(
                "a second call at once is refused, with .concurrentUse (F51)", "longCall", subject.longCall
            ) {
                try await refusesTwoAtOnce($0)
            },
        ]
    }

    private func worksAgain() async throws {
        try await withPool { pool in
            for _ in 0..<3 {
                try await pool.withConnection { try await subject.use($0) }
                let lease = try await pool.lease()
                try await subject.use(lease.connection)
                lease.release()
                let shared = try await pool.lease().shared()
                try await subject.use(shared.connection)
                shared.release()
            }
            let count = pool.statistics.connected
            try demand(
                count == 1,
                "nine loans after each other took \(count) connections: what is returned clean has to be lent again")
        }
    }

    private func refusesAfterLoan() async throws {
        try await withPool { pool in
            let kept = try await pool.withConnection { $0 }
            let found = await code(of: { try await subject.use(kept) })
            try demand(
                found == .loanEnded,
                "a handle that is used after its loan \(Self.inWords(found)); keep a LoanGate and let each call enter it"
            )
        }
    }

    private func leavesNextAlone() async throws {
        try await withPool { pool in
            let kept = try await pool.withConnection { $0 }
            try await pool.withConnection { current in
                let found = await code(of: { try await subject.use(kept) })
                try demand(
                    found == .loanEnded,
                    "a handle of an earlier loan, used while somebody else has the connection, \(Self.inWords(found))")
                if let error = await failure(of: { try await subject.use(current) }) {
                    throw ConformanceFailure(
                        "an earlier loan's handle was used, and now the present one fails: \(error)")
                }
            }
        }
    }

    private func refusesTwoAtOnce(_ longCall: @escaping ConformanceCall<Driver>) async throws {
        try await withPool { pool in
            try await pool.withConnection { handle in
                let deadline = ContinuousClock.now + patience
                var found: PoolError.Code?
                var pause = Duration.milliseconds(1)
                repeat {
                    let first = Task { await code(of: { try await longCall(handle) }) }
                    // Too short, and the second call comes first: then the long one is the one to be refused.
                    try await Task.sleep(for: pause)
                    pause *= 2
                    found = await code(of: { try await subject.use(handle) })
                    first.cancel()
                    let other = try await ends(within: patience, or: Self.deafness(patience)) { await first.value }
                    if other == .concurrentUse { found = other }
                } while found == nil && ContinuousClock.now < deadline
                try demand(
                    found == .concurrentUse,
                    "a call beside another one of the same loan \(Self.inWords(found)); it has to be refused")
            }
        }
    }

    static func deafness(_ patience: Duration) -> String {
        "longCall goes on for \(patience) after its task was cancelled: each wait has to end then"
    }

    private static func inWords(_ code: PoolError.Code?) -> String {
        code.map { "is refused with .\($0)" } ?? "is not refused by the pool's own error"
    }
}
