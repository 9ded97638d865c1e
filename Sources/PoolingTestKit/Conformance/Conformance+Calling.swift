internal import PoolingCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Whether a task had its turn.
final class Turn: Sendable {
    let hasCome = Atomic<Bool>(false)
}

extension DriverConformance {
    var calling: [ConformanceEntry] {
        [
            ConformanceEntry("a call that runs ends when its task is cancelled (F11)", "longCall", subject.longCall) {
                longCall in
                try await stops(longCall) { handle in
                    let call = Task { try await longCall(handle) }
                    // Long enough to be under way; if it is not, the check is the weaker one for calls to come.
                    try await Task.sleep(for: .milliseconds(100))
                    call.cancel()
                    return await failure(of: { try await call.value })
                }
            },
            ConformanceEntry("a call whose task is cancelled already ends at once", "longCall", subject.longCall) {
                longCall in
                try await stops(longCall) { handle in
                    let call = Task {
                        while !Task.isCancelled { await Task.yield() }
                        try await longCall(handle)
                    }
                    call.cancel()
                    return await failure(of: { try await call.value })
                }
            },
            ConformanceEntry(
                "cancelled at any moment, the next borrower's call is not hit (F12)", "longCall", subject.longCall
            ) {
                try await sparesTheNext($0)
            },
            ConformanceEntry("the threads of Swift's pool stay free while calls run", "longCall", subject.longCall) {
                try await blocksNobody($0)
            },
            ConformanceEntry("a shutdown whose time is up ends a call that runs (F14)", "longCall", subject.longCall) {
                try await isForced($0)
            },
        ]
    }

    private func stops(
        _ longCall: ConformanceCall<Driver>,
        _ cancel: @escaping @Sendable (Driver.Handle) async throws -> (any Error)?
    ) async throws {
        try await withPool { pool in
            let error = try await ends(within: patience, or: Self.deafness(patience)) {
                try await pool.withConnection { try await cancel($0) }
            }
            try demand(error != nil, "longCall returns as if it had done its work, although its task was cancelled")
            try await serves(pool, after: "a cancelled call")
        }
    }

    /// The pool lends a connection that works: the same one, or another in its place.
    func serves(_ pool: Pool<Driver>, after what: String) async throws {
        let error = try await ends(within: patience, or: "after \(what), nobody gets a connection for \(patience)") {
            await failure(of: { try await pool.withConnection { try await subject.use($0) } })
        }
        if let error { throw ConformanceFailure("after \(what), the next borrower's call fails: \(error)") }
    }

    private func sparesTheNext(_ longCall: @escaping ConformanceCall<Driver>) async throws {
        try await withPool { pool in
            for round in 0..<40 {
                let borrower = Task { try await pool.withConnection { try await longCall($0) } }
                // From before it is sent to well after.
                for _ in 0..<round * 3 { await Task.yield() }
                if round % 4 == 3 { try await Task.sleep(for: .milliseconds(round)) }
                borrower.cancel()
                try await serves(pool, after: "a call that was cancelled in round \(round)")
                _ = try await ends(within: patience, or: Self.deafness(patience)) { await borrower.result }
            }
        }
    }

    private func blocksNobody(_ longCall: @escaping ConformanceCall<Driver>) async throws {
        // More than Swift's pool has threads.
        let count = max(24, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        try await withPool(PoolConfiguration(max: count, maxConcurrentConnects: 8)) { pool in
            let calls = (0..<count).map { _ in Task { try await pool.withConnection { try await longCall($0) } } }
            defer { for call in calls { call.cancel() } }
            try await Self.demandTurns(within: patience) { pool.statistics.leased == count }
            for call in calls { call.cancel() }
            for call in calls {
                _ = try await ends(within: patience, or: Self.deafness(patience)) { await call.result }
            }
        }
    }

    /// Runs beside the cooperative pool, which may have no thread left to run it on.
    private static func demandTurns(
        within limit: Duration, once haveBegun: @escaping @Sendable () -> Bool
    ) async throws {
        let bench = BlockingExecutor(name: "conformance", threads: 1)
        let deadline = ContinuousClock.now + limit
        @Sendable func becomes(_ condition: @Sendable () -> Bool) async throws {
            while !condition() {
                try demand(
                    ContinuousClock.now < deadline,
                    "while calls run, no other task gets a thread: a blocking call belongs on a BlockingExecutor")
                try await bench.run { _ = usleep(2000) }
            }
        }
        try await Task(executorPreference: bench) {
            try await becomes(haveBegun)
            for _ in 0..<50 {
                let turn = Turn()
                Task.detached { turn.hasCome.store(true, ordering: .relaxed) }
                try await becomes { turn.hasCome.load(ordering: .relaxed) }
                try await bench.run { _ = usleep(2000) }
            }
        }.value
    }

    private func isForced(_ longCall: @escaping ConformanceCall<Driver>) async throws {
        let before = try await sessionsBefore()
        let pool = try Pool(try await makeDriver(), name: "conformance", configuration: PoolConfiguration(max: 1))
        let borrower = Task { try await pool.withConnection { try await longCall($0) } }
        while pool.statistics.acquired == 0, pool.statistics.connectFailed == 0 {
            try await Task.sleep(for: .milliseconds(1))
        }
        try await Task.sleep(for: .milliseconds(50))
        _ = try await ends(within: patience, or: "a shutdown within 100 ms does not end for \(patience)") {
            await pool.shutdown(within: .milliseconds(100))
        }
        let result = try await ends(
            within: patience, or: "a call goes on for \(patience) after its connection was closed under it"
        ) { await borrower.result }
        try demand(
            (try? result.get()) == nil, "longCall returns as if it had done its work, although the pool was shut down")
        try await demandSessions(before) { "after a forced shutdown the backend still counts \($0 - before) sessions" }
    }
}
