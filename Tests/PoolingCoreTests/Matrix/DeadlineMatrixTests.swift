import PoolingCore
import Testing

/// An acquire ends by its deadline, whatever stands in its way, and whatever else does (F15).
@Suite(.serialized) struct DeadlineMatrixTests {
    struct Obstacles: Sendable, CustomStringConvertible {
        enum Connect: CaseIterable { case works, fails, hangs }
        var connect: Connect
        var checkHangs: Bool
        var bodyHolds: Bool
        var isSuspended: Bool
        var queueIsFull: Bool

        static let all: [Obstacles] = Connect.allCases.flatMap { connect in
            (0..<16).map { bits in
                Obstacles(
                    connect: connect, checkHangs: bits & 1 != 0, bodyHolds: bits & 2 != 0,
                    isSuspended: bits & 4 != 0, queueIsFull: bits & 8 != 0)
            }
        }

        /// There is a connection before anything goes wrong.
        var hasConnection: Bool { bodyHolds || checkHangs }
        var isInsurmountable: Bool {
            isSuspended || bodyHolds || checkHangs || (connect != .works && !hasConnection)
        }

        var description: String {
            let all = [
                checkHangs ? "the check hangs" : nil, bodyHolds ? "a body holds" : nil,
                isSuspended ? "suspended" : nil, queueIsFull ? "the queue is full" : nil,
            ]
            return (["connect \(connect)"] + all.compactMap(\.self)).joined(separator: ", ")
        }
    }

    private static let timeout = Duration.milliseconds(60)

    @Test(.timeLimit(.minutes(1))) func `F15: an acquire ends by its deadline under every combination`() async throws {
        #expect(Obstacles.all.count == 48)
        var left = Obstacles.all
        // A deadline that is missed may be this machine's fault, if it is not missed three times.
        for attempt in 1...3 where !left.isEmpty {
            let results = try await withThrowingTaskGroup(of: (Obstacles, Acquire).self) { group in
                for obstacles in left { group.addTask { (obstacles, try await Self.play(obstacles)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            left = []
            for (obstacles, acquire) in results {
                let isLate = acquire.took > Self.timeout + CellRun.slack
                if isLate || !Self.isExpected(acquire.outcome, obstacles) {
                    left.append(obstacles)
                    if attempt == 3 { Issue.record("\(obstacles): \(acquire.outcome) after \(acquire.took)") }
                }
            }
        }
    }

    private static func isExpected(_ outcome: Acquire.Outcome, _ obstacles: Obstacles) -> Bool {
        switch outcome {
        case .served: !obstacles.isInsurmountable
        case .refused(.queueFull): obstacles.queueIsFull
        case .refused(.acquireTimedOut): obstacles.isInsurmountable && !obstacles.queueIsFull
        case .cancelled, .refused, .other: false
        }
    }

    private static func play(_ obstacles: Obstacles) async throws -> Acquire {
        let driver = ScriptedDriver()
        let pool = try Pool(
            driver, configuration: .init(max: 1, validation: .always, maxWaiters: obstacles.queueIsFull ? 1 : nil))
        var holder: SharedLease<ScriptedDriver>?
        if obstacles.hasConnection {
            holder = try await pool.lease().shared()
            if !obstacles.bodyHolds { holder?.release() }
        }
        let end = Gate()
        driver.change { script in
            if obstacles.checkHangs { script.validate = { _ in await end.wait() } }
            switch obstacles.connect {
            case .works: break
            case .fails: script.connect = { _ in throw FakeFailure() }
            case .hangs: script.connect = { _ in await end.wait() }
            }
        }
        if obstacles.isSuspended { pool.suspend() }
        let first = Shared(false)
        let waiting = Task {
            if obstacles.queueIsFull { try? await pool.withConnection { _ in } }
            first.change { $0 = true }
        }
        #expect(await becomes { first.value || pool.statistics.waiting == 1 }, "\(obstacles)")
        let acquire = Task { await Acquire.of(pool, within: timeout) }
        _ = await ends(within: .seconds(1)) { _ = await acquire.value }
        holder?.release()
        await pool.shutdown(within: .zero)
        end.open()
        await waiting.value
        #expect(await becomes { pool.statistics.abandoned == 0 && driver.books.value.open.isEmpty }, "\(obstacles)")
        #expect(pool.statistics.acquired == pool.statistics.released, "\(obstacles)")
        return await acquire.value
    }
}
