import PoolingCore

/// What the checks remember from one event to the next.
struct Checker {
    var previous = PoolStatistics()
    /// Rounds of failed connects since the last success.
    private(set) var rounds = 0
    private(set) var isFailing = false
    private var lastFailure = MonotonicInstant(nanoseconds: .min)
    /// No attempt can be made to wait for longer than until then.
    private(set) var latestAttempt = MonotonicInstant(nanoseconds: .min)
    /// Successes since connects worked again, while the ramp lasts.
    private(set) var ramp: Int?
    private(set) var longestConnect: Int64 = 0
    var lateEvents = 0

    mutating func connectSucceeded(took span: Int64, limit: Int) {
        longestConnect = Swift.max(longestConnect, span)
        if isFailing {
            isFailing = false
            rounds = 0
            ramp = 1
        } else if let allowed = ramp {
            ramp = allowed * 2 >= limit ? nil : allowed * 2
        }
    }

    mutating func connectFailed(startedAt: MonotonicInstant, at now: MonotonicInstant, _ backoff: Backoff) {
        if isFailing, startedAt < lastFailure { return }
        isFailing = true
        ramp = nil
        rounds += 1
        lastFailure = now
        var pause = Double(backoff.initial.inNanoseconds)
        for _ in 1..<rounds { pause = Swift.min(pause * backoff.multiplier, Double(backoff.cap.inNanoseconds)) }
        latestAttempt = now + Int64(Swift.min(pause, Double(backoff.cap.inNanoseconds)))
    }
}

extension Simulation {
    /// Rate (F56): while connects fail there is one prober, and it keeps the pause; then the ramp.
    func checkConnectMayStart() {
        ledger.require(machine.phase == .running, "a connect was started after shutdown began")
        ledger.require(!machine.isSuspended, "a connect was started during a suspension")
        let limit = machine.settings.maxConcurrentConnects
        if checker.isFailing {
            let probes = calls.reduce(0) { $0 + ($1?.isProbe == true ? 1 : 0) }
            ledger.require(probes == 0, "a second prober was started while connects fail")
            ledger.require(now >= machine.pacing.nextAttempt, "a connect was started before its pause was over")
        } else {
            let allowed = Swift.min(checker.ramp ?? limit, limit)
            ledger.require(ledger.opening <= allowed, "\(ledger.opening) connects in flight, \(allowed) allowed")
        }
    }

    /// The invariants, after every event.
    func check(_ event: MachineEvent, _ actions: [MachineAction]) {
        let aggression = slots.aggression
        slots.aggression = 0
        defer { slots.aggression = aggression }
        let (violations, statistics) = Self.inspect(&machine)
        for sentence in violations { ledger.problem(sentence) }
        if statistics != checker.previous || !actions.isEmpty { changes += 1 }
        checkBooks(statistics)
        checkCounters(statistics)
        checkDeadlines()
        checkRest(statistics)
        if startedConnects > 0 { checkDemand(statistics) }
        if machine.phase != .running { checkShutdown(actions) }
        noteRareBranches(statistics, actions)
        startedConnects = 0
        checker.previous = statistics
    }

    /// Takes the machine `inout` so that it isn't copied, which costs more than looking at it.
    private static func inspect(_ machine: inout PoolStateMachine<SimulatedSlots>) -> ([String], PoolStatistics) {
        (machine.violations(), machine.statistics)
    }

    /// In the same manner.
    static func nextTimer(_ machine: inout PoolStateMachine<SimulatedSlots>) -> MonotonicInstant? { machine.nextTimer }

    /// Conservation: the machine's books agree with the ledger's (F3).
    private func checkBooks(_ s: PoolStatistics) {
        ledger.require(s.connecting == ledger.opening, "\(s.connecting) connecting, \(ledger.opening) connects run")
        ledger.require(s.closing == ledger.closing, "\(s.closing) closing, \(ledger.closing) closes run")
        ledger.require(s.leased == ledger.lent, "\(s.leased) leased, \(ledger.lent) loans")
        ledger.require(
            s.idle + s.leased + s.checking + s.resetting == ledger.open,
            "\(s.idle + s.leased + s.checking + s.resetting) open, \(ledger.open) connections")
        ledger.require(s.waiting == ledger.waitingCount, "\(s.waiting) waiting, \(ledger.waitingCount) wait")
        ledger.require(s.abandoned == abandonedCalls.count, "\(s.abandoned) abandoned, \(abandonedCalls.count) are")
        ledger.require(
            s.total <= machine.settings.max || s.total <= checker.previous.total,
            "\(s.total) connections, \(machine.settings.max) allowed")
        ledger.require(s.generation == ledger.generation, "generation \(s.generation), not \(ledger.generation)")
        ledger.require(
            s.connected == s.closed + s.detached + UInt64(s.idle + s.leased + s.checking + s.resetting),
            "\(s.connected) connected, \(s.closed) closed, \(s.detached) detached do not add up")
        ledger.require(
            s.acquired + fastAcquired == s.released + fastReleased + UInt64(s.leased),
            "\(s.acquired) + \(fastAcquired) acquired, \(s.released) + \(fastReleased) released, \(s.leased) leased")
    }

    private func checkCounters(_ s: PoolStatistics) {
        let p = checker.previous
        let grew =
            s.acquired >= p.acquired && s.acquiredImmediately >= p.acquiredImmediately && s.released >= p.released
            && s.timedOut >= p.timedOut && s.cancelled >= p.cancelled && s.rejected >= p.rejected
            && s.connected >= p.connected && s.connectFailed >= p.connectFailed
            && s.validationFailed >= p.validationFailed && s.resets >= p.resets && s.detached >= p.detached
            && s.closed >= p.closed && s.acquired >= s.acquiredImmediately
        ledger.require(grew, "a counter went back")
    }

    /// Nobody waits past a deadline, and no timer is later than the first of them (F15).
    private func checkDeadlines() {
        let earliest = ledger.earliestDeadline
        if earliest != .distantFuture {
            ledger.require(now - earliest <= 2 * Self.tick, "somebody waits \(now - earliest) ns past a deadline")
            let next = Self.nextTimer(&machine) ?? .distantFuture
            ledger.require(next - earliest < Self.tick, "the next timer is later than a waiter's deadline")
        }
        var isAnyCalled = false
        for case .some(let call) in calls {
            isAnyCalled = true
            ledger.require(now <= call.limit, "\(call.kind) of \(call.id) was not given up in time")
        }
        if isAnyCalled { ledger.require(Self.nextTimer(&machine) != nil, "a call runs and no timer is set") }
    }
}
