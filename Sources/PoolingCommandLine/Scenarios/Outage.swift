internal import PoolingCore
internal import Synchronization

/// How a backend is away.
@usableFromInline enum OutageKind: String, Sendable, Codable, CaseIterable {
    /// Its connections are reset, and new ones are, too: the server has crashed.
    case cut
    /// Nothing comes through, and nobody is told: the network is gone.
    case silent
}

/// What an outage is played with.
@usableFromInline struct OutagePlan: Sendable {
    var workload: Workload
    var clients: Int
    var min: Int
    var max: Int
    /// How long the backend is away.
    var length: Duration
    var acquireTimeout: Duration
    /// Between calm and outage, and after it.
    var calm: Duration
    /// What the pool is besides that.
    var settings = PoolConfiguration()

    var configuration: PoolConfiguration {
        var configuration = settings
        (configuration.min, configuration.max, configuration.acquireTimeout) = (min, max, acquireTimeout)
        return configuration
    }
}

/// What became of it.
@usableFromInline struct OutageReport: Codable, Sendable, Equatable {
    /// By name, in the file that it is from.
    var pool: String?
    var driver = ""
    /// Without passwords.
    var url = ""
    var kind: String
    var workload: String
    var clients: Int
    var min: Int
    var max: Int
    var length: Double
    var acquireTimeout: Double
    /// Acquires that failed, each counted once: those that took until their timeout, and those that were refused at once
    /// by the outage policy.
    var timedOut: Int
    var refusedAtOnce: Int
    /// The longest that one of those took beyond its timeout, microseconds.
    var latest: Double
    /// Microseconds from the end of the outage to the first operation that was done; nil: none was.
    var recovery: Double?
    /// The longest pause that the back-off may have made at that moment, microseconds.
    var backoffStep: Double
    /// Operations that were lost with their connections.
    var lost: Int

    enum CodingKeys: String, CodingKey {
        case pool, driver, url, kind, workload, clients, min, max, lost
        case length = "length_us"
        case acquireTimeout = "acquire_timeout_us"
        case timedOut = "timed_out"
        case refusedAtOnce = "refused_at_once"
        case latest = "latest_us"
        case recovery = "recovery_us"
        case backoffStep = "backoff_step_us"
    }
}

/// Plays an outage: clients work, the backend goes away, and comes back. Tells how long failing acquires took, and how
/// soon the pool was back.
struct Outage<Plugin: BenchmarkDriver> {
    let plugin: Plugin
    let driver: Plugin.Driver
    let plan: OutagePlan
    let kind: OutageKind
    let cut: @Sendable () -> Void
    let heal: @Sendable () -> Void

    func play() async throws -> OutageReport {
        let configuration = plan.configuration
        let pool = try Pool(driver, name: "outage", configuration: configuration)
        let book = OutageBook()
        do {
            do { try await pool.warmUp(timeout: .seconds(30)) } catch { throw Unreachable(cause: error) }
            let clients = Task { await work(on: pool, book) }
            try await Task.sleep(for: plan.calm)
            let failedBefore = pool.statistics.connectFailed
            book.outageBegins()
            cut()
            try await Task.sleep(for: plan.length)
            let attempts = pool.statistics.connectFailed - failedBefore
            heal()
            book.outageEnds()
            let limit = RunClock.now() + Duration.seconds(60).nanoseconds
            while !book.hasRecovered, RunClock.now() < limit { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: plan.calm)
            clients.cancel()
            await clients.value
            await pool.shutdown()
            return report(book.findings, attempts: attempts, configuration.backoff)
        } catch {
            heal()
            await pool.shutdown()
            throw error
        }
    }

    private func report(_ found: OutageBook.Findings, attempts: UInt64, _ backoff: Backoff) -> OutageReport {
        func microseconds(_ nanoseconds: Int64) -> Double { ReportNumber.rounded(Double(nanoseconds) / 1e3) }
        // As the engine counts.
        var step = Double(backoff.initial.nanoseconds)
        let cap = Double(backoff.cap.nanoseconds)
        for _ in 0..<Swift.min(attempts, 1 << 12) where step < cap { step *= backoff.multiplier }
        step = Swift.min(step, cap)
        return OutageReport(
            kind: kind.rawValue, workload: plan.workload.rawValue, clients: plan.clients, min: plan.min, max: plan.max,
            length: microseconds(plan.length.nanoseconds),
            acquireTimeout: microseconds(plan.acquireTimeout.nanoseconds), timedOut: found.timedOut,
            refusedAtOnce: found.refusedAtOnce, latest: microseconds(found.latest),
            recovery: found.recovery.map(microseconds), backoffStep: ReportNumber.rounded(step / 1e3), lost: found.lost)
    }

    private func work(on pool: Pool<Plugin.Driver>, _ book: OutageBook) async {
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<plan.clients {
                group.addTask(executorPreference: plugin.clientExecutor(for: driver)) {
                    await one(ClientRecord(client: client, clock: RunClock(warmup: .zero, duration: .zero)), pool, book)
                }
            }
        }
    }

    private func one(_ record: ClientRecord, _ pool: Pool<Plugin.Driver>, _ book: OutageBook) async {
        var record = record
        let (plugin, plan) = (plugin, plan)
        while !Task.isCancelled {
            let choice = record.nextChoice()
            let began = RunClock.now()
            let hadConnection = Flag()
            do {
                // An application gives up at some point, too: a lost path says nothing.
                try await withDeadline(plan.acquireTimeout + .seconds(1)) {
                    try await pool.withConnection { handle in
                        hadConnection.set()
                        try await plugin.perform(plan.workload, choice: choice, on: handle)
                    }
                }
                book.succeeded(at: RunClock.now())
            } catch let error as PoolError where error.code != .shutDown {
                if Task.isCancelled { return }
                book.failed(after: RunClock.now() - began, timeout: plan.acquireTimeout.nanoseconds)
                // Where acquires fail at once, nobody asks again at once.
                try? await Task.sleep(for: .milliseconds(10))
            } catch {
                if Task.isCancelled { return }
                if hadConnection.isSet {
                    book.lost()
                } else {
                    // Given up on by the client, long after its timeout.
                    book.failed(after: RunClock.now() - began, timeout: plan.acquireTimeout.nanoseconds)
                }
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}

/// What a closure that may be cancelled leaves behind.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    func set() { value.store(true, ordering: .relaxed) }
    var isSet: Bool { value.load(ordering: .relaxed) }
}

/// What the clients of an ``Outage`` saw.
final class OutageBook: Sendable {
    struct Findings: Sendable {
        var timedOut = 0
        var refusedAtOnce = 0
        var latest: Int64 = 0
        var lost = 0
        var recovery: Int64?
    }

    private struct State {
        var findings = Findings()
        var isOut = false
        var healedAt: Int64?
    }

    private let state = Mutex(State())

    func outageBegins() { state.withLock { $0.isOut = true } }
    func outageEnds() {
        let now = RunClock.now()
        state.withLock { $0.healedAt = now }
    }

    var hasRecovered: Bool { state.withLock { $0.findings.recovery != nil } }
    var findings: Findings { state.withLock { $0.findings } }

    func succeeded(at now: Int64) {
        state.withLock { state in
            guard let healed = state.healedAt, state.findings.recovery == nil, now >= healed else { return }
            state.findings.recovery = now - healed
        }
    }

    func failed(after span: Int64, timeout: Int64) {
        state.withLock { state in
            guard state.isOut else { return }
            if span >= timeout { state.findings.timedOut += 1 } else { state.findings.refusedAtOnce += 1 }
            state.findings.latest = Swift.max(state.findings.latest, span - timeout)
        }
    }

    func lost() { state.withLock { if $0.isOut { $0.findings.lost += 1 } } }
}
