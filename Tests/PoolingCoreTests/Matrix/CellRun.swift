import PoolingCore

/// Plays one cell on a real pool, and says what was wrong.
struct CellRun {
    /// What a deadline may be exceeded by.
    static let slack = Duration.milliseconds(50)
    static let patience = Duration.milliseconds(600)
    static let haste = Duration.milliseconds(40)
    static let shutdownTime = Duration.milliseconds(20)

    let cell: Cell
    let call: CallUnderTest
    let driver: ScriptedDriver
    let log = EventLog()
    let pool: Pool<ScriptedDriver>
    /// What must not be.
    private(set) var faults: [String] = []
    /// Deadlines that were missed, which a machine that has other work may have done.
    private(set) var delays: [String] = []

    static func play(_ cell: Cell) async throws -> (faults: [String], delays: [String]) {
        var run = try CellRun(cell)
        try await run.play()
        return (run.faults.map { "\(cell): \($0)" }, run.delays.map { "\(cell): \($0)" })
    }

    private init(_ cell: Cell) throws {
        self.cell = cell
        call = CallUnderTest(cell.behaviour)
        driver = call.driver(for: cell)
        let span = CallUnderTest.deadline
        pool = try Pool(
            driver,
            configuration: .init(
                max: 1, connectTimeout: span, validationTimeout: span, resetTimeout: span, closeTimeout: span,
                validation: cell.call == .validate ? .always : .never,
                backoff: .init(initial: .milliseconds(1), cap: .milliseconds(4)), outagePolicy: .wait),
            observers: [log])
    }

    private mutating func play() async throws {
        let acquires = try await borrow()
        if !faults.isEmpty { return call.end.open() }
        judge(await Acquire.of(pool, within: Self.patience), as: "an acquire afterwards", mustBeServed: true)
        let outcomes = acquires.map(\.outcome)
        await end()
        await judgeBooks(cancelled: outcomes.count { $0 == .cancelled })
    }

    /// The borrower whom the cell is about, and one in a hurry beside it.
    private mutating func borrow() async throws -> [Acquire] {
        let (pool, mayBegin) = (pool, Gate())
        let borrower = Task {
            await mayBegin.wait()
            return await Acquire.of(pool, within: Self.patience)
        }
        var cause = {}
        switch cell.call {
        case .connect: call.arm()
        case .validate, .prepare:
            try await pool.lease().release()
            call.arm()
        case .reset, .close:
            let holder = try await pool.lease().shared()
            call.arm()
            let isClose = cell.call == .close
            cause = {
                if isClose {
                    holder.discard()
                } else {
                    holder.connection.condition.change { $0 = .dirty }
                    holder.release()
                }
            }
        }
        let isWaitedFor = cell.call == .reset || cell.call == .close
        let waits = log.count(\.isWaiting)
        if cell.cancellation == .before, !isWaitedFor { borrower.cancel() }
        mayBegin.open()
        if isWaitedFor { await log.wait(for: waits + 1, \.isWaiting) }
        if cell.cancellation == .before {
            borrower.cancel()
            _ = await borrower.value
        }
        if cell.cancellation != .during { call.mayProceed.open() }
        cause()
        var cancelledAt: ContinuousClock.Instant?
        if cell.cancellation != .before {
            await require("the call is not made") { [call] in await call.entered.wait() }
        }
        let hurried = Task { await Acquire.of(pool, within: Self.haste) }
        switch cell.cancellation {
        case .none, .before: break
        case .during:
            cancelledAt = .now
            borrower.cancel()
            call.mayProceed.open()
        case .after:
            await require("the call neither ends nor is given up on") { [call, log, cell] in
                if cell.behaviour == .never { await log.wait(\.isAbandoned) } else { await call.left.wait() }
            }
            cancelledAt = .now
            borrower.cancel()
        }
        await require("the borrower is never told anything") { _ = await borrower.value }
        if !faults.isEmpty { return [] }
        let first = await borrower.value
        judge(first, as: "the borrower", cancelledAt: cancelledAt, mustBeServed: cell.cancellation == .none)
        let second = await hurried.value
        judge(second, as: "the one in a hurry", within: Self.haste)
        if cell.behaviour == .never, second.outcome != .refused(.acquireTimedOut) {
            delays.append("the one in a hurry began when the call had been given up on already: \(second.outcome)")
        }
        return [first, second]
    }

    private mutating func require(_ otherwise: String, _ body: @escaping @Sendable () async -> Void) async {
        if await !ends(within: .seconds(3), body) { faults.append(otherwise) }
    }

    private mutating func judge(
        _ acquire: Acquire, as who: String, within limit: Duration = CellRun.patience,
        cancelledAt: ContinuousClock.Instant? = nil, mustBeServed: Bool = false
    ) {
        if acquire.took > limit + Self.slack { delays.append("\(who) was told after \(acquire.took) of \(limit)") }
        if let cancelledAt, acquire.endedAt - cancelledAt > Self.slack {
            delays.append("\(who) went on for \(acquire.endedAt - cancelledAt) after it was cancelled")
        }
        switch acquire.outcome {
        case .served: break
        case .cancelled where cell.cancellation != .none && !mustBeServed: break
        case .refused(.acquireTimedOut) where !mustBeServed: break
        case .refused(.acquireTimedOut): delays.append("\(who) was not served in time")
        case .cancelled, .refused, .other: faults.append("\(who): \(acquire.outcome)")
        }
        if who == "the borrower", cell.cancellation == .before || cell.cancellation == .during,
            acquire.outcome != .cancelled
        {
            faults.append("\(who) was cancelled and is \(acquire.outcome)")
        }
    }

    private mutating func end() async {
        let (pool, report) = (pool, Shared<ShutdownReport?>(nil))
        let began = ContinuousClock.now
        let hasEnded = await ends(within: .seconds(5)) {
            let end = await pool.shutdown(within: Self.shutdownTime)
            report.change { $0 = end }
        }
        if !hasEnded { faults.append("shutdown does not end") }
        let took = ContinuousClock.now - began
        if took > Self.shutdownTime + .milliseconds(100) + Self.slack { delays.append("shutdown took \(took)") }
        if report.value?.loansForced != 0 { faults.append("a loan was left: \(String(describing: report.value))") }
        call.end.open()
    }

    /// What is left when the pool, and every call of its driver, has ended.
    private mutating func judgeBooks(cancelled: Int) async {
        let (pool, driver) = (pool, driver)
        let isQuiet = await becomes(within: .seconds(3)) {
            pool.statistics.abandoned == 0 && driver.books.value.open.isEmpty
        }
        if !isQuiet { faults.append("open for ever: \(driver.books.value.open); \(pool.statistics)") }
        let closed = driver.books.value.closed.map(\.number)
        if Set(closed).count != closed.count { faults.append("closed twice: \(closed)") }
        let s = pool.statistics
        if s.total != 0 || s.waiting != 0 { faults.append("left behind: \(s)") }
        if s.acquired != s.released { faults.append("\(s.acquired) loans, \(s.released) ended") }
        if s.connected != s.closed + s.detached { faults.append("\(s.connected) opened, \(s.closed) closed") }
        // Who waited for a connection and was cancelled as it came had waited, too.
        let waits = s.acquired - s.acquiredImmediately
        if !(waits...waits + s.unused).contains(s.waitTime.count) { faults.append("waits are miscounted: \(s)") }
        if s.useTime.count != s.released { faults.append("uses are miscounted: \(s)") }
        // Who counts tells observers after that, and may be held up in between.
        if cell.behaviour == .never, await !becomes(within: .seconds(3), { [log] in log.count(\.isAbandoned) > 0 }) {
            faults.append("the call is not given up on")
        }
        _ = await becomes(within: .seconds(3)) { [log] in EventTally(log.events).differences(from: s).isEmpty }
        faults += EventTally(log.events).differences(from: s)
        if s.cancelled != cancelled { faults.append("\(cancelled) cancelled, \(s.cancelled) counted") }
    }
}
