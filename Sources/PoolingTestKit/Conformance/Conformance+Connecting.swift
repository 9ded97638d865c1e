internal import PoolingCore
internal import Synchronization

// Each check is written as what a pool relies on; the sentence of a failure says what the driver does instead.

extension DriverConformance {
    var connecting: [ConformanceEntry] {
        [
            ConformanceEntry("connect gives a connection that works, validate says so, and close ends it") {
                try await worksAndEnds()
            },
            ConformanceEntry("opening and closing leaves no descriptor open") { try await leaksNoDescriptor() },
            ConformanceEntry("a new connection is ready, and asking for its condition costs next to nothing") {
                try await isReadyAtOnce()
            },
            ConformanceEntry("connections are opened side by side") { try await opensSideBySide() },
            ConformanceEntry(
                "connect throws where nobody answers, in a sentence without a secret", "refused", subject.refused
            ) {
                try await refuses($0)
            },
            ConformanceEntry("a connect without an answer ends when it is cancelled", "unanswered", subject.unanswered)
            {
                try await endsUnanswered($0)
            },
        ]
    }

    private func worksAndEnds() async throws {
        let before = try await sessionsBefore()
        try await withConnection { driver, connection in
            if let sessions = subject.sessions {
                let count = try await sessions()
                try demand(count == before + 1, "after one connect() the backend counts \(count - before) new sessions")
            }
            try await useDirectly(driver, connection, 1)
            if let error = await failure(of: { try await driver.validate(connection) }) {
                throw ConformanceFailure("validate(_:) throws for a connection that works: \(error)")
            }
            try await useDirectly(driver, connection, 2)
        }
        try await demandSessions(before) {
            "close(_:reason:deadline:) has returned, and the backend still counts \($0 - before) sessions of the driver"
        }
    }

    /// As the pool lends it for one loan.
    func useDirectly(_ driver: Driver, _ connection: Driver.Connection, _ number: UInt64) async throws {
        let loan = LoanID(slot: 0, sequence: number)
        let handle = driver.lend(connection, loan: loan)
        defer { driver.reclaim(connection, loan: loan) }
        do { try await subject.use(handle) } catch {
            throw ConformanceFailure("use(_:) throws on a connection that connect() has just given: \(error)")
        }
    }

    private func leaksNoDescriptor() async throws {
        // The first connection may load what stays: certificates, modules, a resolver's socket.
        for _ in 0..<2 { try await withConnection { try await useDirectly($0, $1, 1) } }
        let before = OpenDescriptors.count
        for _ in 0..<20 { try await withConnection { try await useDirectly($0, $1, 1) } }
        let deadline = ContinuousClock.now + patience
        while OpenDescriptors.count > before, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        // Something else in this process may open one meanwhile; a driver's leak would be one each time.
        let left = OpenDescriptors.count - before
        try demand(
            left < 10, "20 connections were opened and closed, and \(left) descriptors more are open than before")
    }

    private func isReadyAtOnce() async throws {
        try await withConnection { driver, connection in
            let condition = driver.condition(of: connection)
            try demand(condition == .ready, "condition(of:) of a new connection is .\(condition), not .ready")
            let began = ContinuousClock.now
            for _ in 0..<10_000 { _ = driver.condition(of: connection) }
            let took = ContinuousClock.now - began
            // A system call takes a tenth of this; a round trip a hundred times as long.
            try demand(
                took < .seconds(1),
                "condition(of:) takes \(took / 10_000) a call: it is asked at each loan and each return and must do no I/O"
            )
        }
    }

    private func opensSideBySide() async throws {
        try await withPool(PoolConfiguration(min: 4, max: 4, maxConcurrentConnects: 4)) { pool in
            try await ends(within: patience, or: "four connections can't be lent at once within \(patience)") {
                var leases: [SharedLease<Driver>] = []
                for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
                for lease in leases { try await subject.use(lease.connection) }
                for lease in leases { lease.release() }
            }
        }
    }

    private func refuses(_ makeRefused: @Sendable () async throws -> Driver) async throws {
        let driver = try await makeRefused()
        let error = try await ends(
            within: patience, or: "connect() does not end within \(patience) where nobody answers"
        ) {
            await failure(of: {
                await driver.close(try await driver.connect(), reason: .shutdown, deadline: .now + .seconds(1))
            })
        }
        guard let error else { throw ConformanceFailure("connect() returns a connection although it was refused") }
        let text = String(describing: error)
        try demand(!text.isEmpty, "connect() throws an error that says nothing")
        for secret in subject.secrets {
            try demand(!text.contains(secret), "the error of connect() shows a secret; it must never contain one")
        }
    }

    private func endsUnanswered(_ makeUnanswered: @Sendable () async throws -> Driver) async throws {
        let driver = try await makeUnanswered()
        let descriptors = OpenDescriptors.count
        for _ in 0..<5 {
            let hasEnded = Turn()
            let attempt = Task {
                defer { hasEnded.hasCome.store(true, ordering: .releasing) }
                await driver.close(try await driver.connect(), reason: .late, deadline: .now + .seconds(1))
            }
            try await Task.sleep(for: .milliseconds(100))
            // Else nothing would be shown about cancellation.
            try demand(
                !hasEnded.hasCome.load(ordering: .acquiring),
                "connect() ends by itself with the driver of unanswered: it has to lead to a place that takes connections "
                    + "and says nothing, such as a socket that listens and never accepts")
            attempt.cancel()
            let error = try await ends(
                within: patience,
                or: "connect() goes on for \(patience) after its task was cancelled: each wait has to end then"
            ) { await failure(of: { try await attempt.value }) }
            try demand(error != nil, "connect() returns a connection although nobody answered")
        }
        // A library that can't be interrupted is left behind, and closes when its own time is up.
        let deadline = ContinuousClock.now + patience
        while OpenDescriptors.count >= descriptors + 5, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        try demand(
            OpenDescriptors.count < descriptors + 5, "a connect() that is cancelled leaves its descriptor open")
    }
}
