import PoolingCore
import Testing

/// What observers are told adds up to what the statistics say, whatever happened.
@Suite(.serialized) struct EventCountTests {
    @Test(.timeLimit(.minutes(1)))
    func `F3: every counter is the number of its events, under scripts drawn at random`() async throws {
        var all: [PoolEvent] = []
        for first in stride(from: UInt64(1), through: 32, by: 8) {
            all += try await withThrowingTaskGroup(of: [PoolEvent].self) { group in
                for seed in first..<first + 8 { group.addTask { try await Self.play(seed) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        #expect(EventTally(all).missing == [], "the scripts do not reach everything")
    }

    @Test func `F14: a call that is given up on is told as the failure that it amounts to`() async throws {
        for kind in Cell.Call.allCases where kind != .close {
            let cell = Cell(call: kind, behaviour: .never, cancellation: .none)
            let call = CallUnderTest(.never)
            let log = EventLog()
            let span = CallUnderTest.deadline
            let pool = try Pool(
                call.driver(for: cell),
                configuration: .init(
                    max: 1, connectTimeout: span, validationTimeout: span, resetTimeout: span,
                    validation: kind == .validate ? .always : .never, backoff: .init(initial: .milliseconds(1))),
                observers: [log])
            call.mayProceed.open()
            if kind == .connect {
                call.arm()
            } else {
                let lease = try await pool.lease()
                lease.connection.condition.change { $0 = kind == .reset ? .dirty : .ready }
                call.arm()
                lease.release()
            }
            try await pool.withConnection { _ in }
            #expect(await becomes { log.count(\.isAbandoned) == 1 }, "\(kind)")
            // Who counts tells observers after that, and may be held up in between.
            _ = await becomes { EventTally(log.events).differences(from: pool.statistics).isEmpty }
            let tally = EventTally(log.events)
            #expect(tally.differences(from: pool.statistics) == [], "\(kind)")
            #expect(tally.connectFailed == (kind == .connect ? 1 : 0), "\(kind)")
            #expect(tally.closed.reduce(0, +) == (kind == .connect ? 0 : 1), "\(kind)")
            await pool.shutdown(within: .zero)
            call.end.open()
        }
    }

    @Test func `F13: who is served and cancelled at once is counted as cancelled`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1))
        let holder = try await pool.lease()
        let executor = BlockingExecutor(name: "cancelled", threads: 1)
        let waiting = Task(executorPreference: executor) { try await pool.withConnection { _ in } }
        #expect(await becomes { pool.statistics.waiting == 1 })
        let busy = await BusyThread(of: executor)
        holder.release()
        waiting.cancel()
        try await busy.free()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(pool.statistics.cancelled == 1 && pool.statistics.leased == 0)
        #expect(await pool.shutdown().isClean)
    }

    private static func play(_ seed: UInt64) async throws -> [PoolEvent] {
        let script = RandomScript(seed: seed)
        let log = EventLog()
        let pool = try Pool(script.driver(), configuration: script.configuration(), observers: [log])
        let clients = Task {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { for _ in 0..<25 { await script.step(on: pool) } } }
            }
        }
        if script.chance(70) { await clients.value }
        await pool.shutdown(within: .milliseconds(script.below(30)))
        await clients.value
        // What a thread has counted, it may be about to tell.
        let agree = await becomes(within: .seconds(5)) {
            EventTally(log.events).differences(from: pool.statistics).isEmpty
        }
        let (tally, s) = (EventTally(log.events), pool.statistics)
        #expect(agree, "seed \(seed): \(tally.differences(from: s))")
        #expect(s.total == 0 && s.waiting == 0 && s.acquired == s.released, "seed \(seed)")
        #expect(s.connected == s.closed + s.detached, "seed \(seed)")
        // Given to somebody who had been cancelled, or was shut out, before it ran.
        #expect(s.acquired == tally.granted, "seed \(seed)")
        return log.events
    }
}

/// Events counted as the statistics count.
struct EventTally {
    var granted: UInt64 = 0, returned: UInt64 = 0
    var timedOut: UInt64 = 0, cancelled: UInt64 = 0, rejected: UInt64 = 0
    var connected: UInt64 = 0, connectFailed: UInt64 = 0
    var validationFailed: UInt64 = 0, resets: UInt64 = 0, detached: UInt64 = 0, leaked: UInt64 = 0
    var abandoned: UInt64 = 0
    var closed = Array(repeating: UInt64(0), count: CloseReason.all.count)

    init(_ events: [PoolEvent]) {
        for event in events {
            switch event {
            case .acquireGranted: granted += 1
            case .released: returned += 1
            case .acquireTimedOut: timedOut += 1
            case .acquireCancelled: cancelled += 1
            case .acquireRejected: rejected += 1
            case .connectSucceeded: connected += 1
            case .connectFailed: connectFailed += 1
            case .validationFailed: validationFailed += 1
            case .reset: resets += 1
            case .detached: detached += 1
            case .leakSuspected: leaked += 1
            case .abandoned: abandoned += 1
            case .closed(_, let reason, _):
                if let index = CloseReason.all.firstIndex(of: reason) { closed[index] += 1 }
            default: break
            }
        }
    }

    /// What has not happened at all, of what the random scripts can cause.
    var missing: [String] {
        let counts = [
            ("granted", granted), ("timedOut", timedOut), ("cancelled", cancelled), ("rejected", rejected),
            ("connectFailed", connectFailed), ("validationFailed", validationFailed), ("resets", resets),
            ("detached", detached), ("abandoned", abandoned),
        ]
        // The last two take a rest that is longer than most scripts last.
        let reasons = zip(CloseReason.all, closed).filter { ![.late, .idle, .lifetime].contains($0.0) }.map {
            ("closed(\($0))", $1)
        }
        return (counts + reasons).filter { $0.1 == 0 }.map(\.0)
    }

    func differences(from s: PoolStatistics) -> [String] {
        let pairs: [(String, counted: UInt64, told: UInt64)] = [
            ("timedOut", s.timedOut, timedOut), ("cancelled", s.cancelled, cancelled),
            ("rejected", s.rejected, rejected), ("connected", s.connected, connected),
            ("connectFailed", s.connectFailed, connectFailed),
            ("validationFailed", s.validationFailed, validationFailed), ("resets", s.resets, resets),
            ("detached", s.detached, detached), ("leaked", s.leaked, leaked),
            // A loan that its borrower never saw is told neither as given nor as ended.
            ("acquired and not released", s.acquired &- s.released, granted &- returned),
        ]
        return (pairs + zip(CloseReason.all, closed).map { ("closed(\($0))", s.closed($0), $1) })
            .filter { $0.counted != $0.told }
            .map { "\($0.0): \($0.counted) counted, \($0.told) told" }
    }
}
