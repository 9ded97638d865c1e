internal import CPoolingShims

/// One thread that runs jobs, and that waits for sockets and deadlines while there are none. See
/// ``EventLoopExecutor``, which the loop outlives until its last job and wait are over.
///
/// Sendable because everything that varies is touched only with `signal` locked, or by the loop's own thread only where
/// that is said.
final class EventLoop: @unchecked Sendable {
    /// Waits of tasks that live elsewhere. No task lives here, so that none keeps them waiting.
    static let outsiders = EventLoop(name: "pool-io")

    private let name: String
    /// The lock; nobody sleeps on its condition.
    private let signal = ThreadSignal()

    private var submitted = JobRing()
    private var poller: CInt = -1
    private var bell: CInt = -1
    private var phase = Phase.unborn
    /// The thread is in the poller, or on its way there, and won't look at the queue before it wakes.
    private var isAsleep = false
    /// Until when; nothing has to wake it for a later deadline.
    private var wakes = MonotonicInstant.distantFuture
    private var seats: [Seat] = []
    private var pending = 0
    private var wheel = TimingWheel(now: .now)

    /// The thread's own.
    private var jobs = JobRing()

    private enum Phase { case unborn, running, dismissed }

    /// A socket's place in this loop.
    private struct Seat {
        var wait: Wait?
        /// A wait that was ended before it began, and how.
        var preempted: (number: UInt32, outcome: Outcome)?
    }

    private struct Wait {
        let number: UInt32
        let continuation: UnsafeContinuation<Outcome, Never>
    }

    /// How a wait ends, exactly once.
    enum Outcome { case ready(UInt32), deadlinePassed, cancelled, closed, refused(CInt) }

    private typealias Ending = (continuation: UnsafeContinuation<Outcome, Never>, outcome: Outcome)

    /// How many jobs run before the sockets are looked at again.
    private static let jobsPerTurn = 64
    private static let hangUps = POOLING_BELL - 1

    init(name: String) { self.name = name }

    deinit { if poller >= 0 { pooling_poller_destroy(poller, bell) } }

    /// Whether this is the loop's thread.
    var isCurrent: Bool { pooling_get_thread_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// The loop whose thread this is.
    static var current: EventLoop? {
        pooling_get_thread_loop().map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Jobs

    func submit(_ job: QueuedJob) {
        if isCurrent { return jobs.append(job) }
        signal.lock()
        submitted.append(job)
        let rings = rouse()
        let failure = begin()
        signal.unlock()
        if rings { pooling_poller_ring(poller, bell) }
        if failure != 0 { beginLater() }
    }

    /// The executor is gone: the thread ends when there is nothing left to do.
    func dismiss() {
        signal.lock()
        let rings = phase == .running && rouse()
        phase = .dismissed
        signal.unlock()
        if rings { pooling_poller_ring(poller, bell) }
    }

    /// With the lock held. Returns whether the bell has to be rung.
    private func rouse() -> Bool {
        defer { isAsleep = false }
        return isAsleep
    }

    /// With the lock held. Starts the thread, unless it was.
    /// - Returns: 0 or the system's reason.
    private func begin() -> CInt {
        guard phase == .unborn else { return 0 }
        if poller < 0 {
            let failure = pooling_poller_create(&poller, &bell)
            if failure != 0 {
                poller = -1
                return failure
            }
        }
        let argument = Unmanaged.passRetained(self)
        let failure = pooling_thread_start(
            name,
            { raw in
                guard let raw else { return }
                pooling_set_thread_loop(raw)
                Unmanaged<EventLoop>.fromOpaque(raw).takeRetainedValue().run()
            }, argument.toOpaque())
        if failure == 0 {
            phase = .running
        } else {
            argument.release()
        }
        return failure
    }

    /// The system has no thread or no descriptor to give at this moment, and jobs that were queued can't be refused.
    private func beginLater() {
        Task.detached {
            try? await Task.sleep(for: .milliseconds(20))
            self.tryAgain()
        }
    }

    private func tryAgain() {
        signal.lock()
        let failure = begin()
        signal.unlock()
        if failure != 0 { beginLater() }
    }

    // MARK: Waits

    /// Begins the wait that `seat` numbers: arms the socket, unless the wait was ended before.
    func install(
        _ continuation: UnsafeContinuation<Outcome, Never>, at seat: SocketSeat, _ descriptor: CInt, isKnown: Bool,
        _ interest: UInt32, until deadline: MonotonicInstant
    ) {
        signal.lock()
        let index = Int(seat.index)
        makeRoom(for: index)
        var outcome: Outcome?
        if let preempted = seats[index].preempted, preempted.number == seat.number {
            outcome = preempted.outcome
        } else {
            var failure = begin()
            // With the lock held: a later wait of this socket must not be armed before this one.
            if failure == 0 {
                failure = pooling_poller_arm(poller, descriptor, interest, seat.token, isKnown ? 1 : 0)
            }
            if failure != 0 { outcome = .refused(failure) }
        }
        var rings = false
        if outcome == nil {
            seats[index].wait = Wait(number: seat.number, continuation: continuation)
            pending += 1
            if deadline != .distantFuture {
                wheel.schedule(index, at: deadline)
                rings = deadline < wakes && rouse()
            }
        }
        signal.unlock()
        if rings { pooling_poller_ring(poller, bell) }
        if let outcome { continuation.resume(returning: outcome) }
    }

    /// Ends the wait that `seat` numbers, now or, if it has not begun, as soon as it does. One that is over stays so.
    func end(_ seat: SocketSeat, _ outcome: Outcome) {
        signal.lock()
        let index = Int(seat.index)
        makeRoom(for: index)
        let ending = take(index, seat.number, outcome)
        if ending == nil { seats[index].preempted = (seat.number, outcome) }
        signal.unlock()
        ending?.continuation.resume(returning: outcome)
    }

    /// Forgets a socket that is about to be closed.
    func forget(_ descriptor: CInt) { pooling_poller_forget(poller, descriptor) }

    /// Has ``HangUpWatch/collect()`` called on its thread whenever `watch` has something to report.
    func watchHangUps(of watch: CInt) -> Bool {
        signal.lock()
        defer { signal.unlock() }
        return begin() == 0 && pooling_poller_nest(poller, watch, Self.hangUps) == 0
    }

    private func makeRoom(for index: Int) {
        while seats.count <= index { seats.append(Seat()) }
        wheel.reserve(seats.count)
    }

    private func take(_ index: Int, _ number: UInt32, _ outcome: Outcome) -> Ending? {
        guard index < seats.count, let wait = seats[index].wait, wait.number == number else { return nil }
        seats[index].wait = nil
        pending -= 1
        wheel.cancel(index)
        return (wait.continuation, outcome)
    }

    // MARK: The thread

    private func run() {
        let capacity = 64
        let ready = UnsafeMutablePointer<pooling_ready>.allocate(capacity: capacity)
        defer { ready.deallocate() }
        var endings: [Ending] = []
        while true {
            runJobs()
            signal.lock()
            while let job = submitted.popFirst() { jobs.append(job) }
            takeOverdue(into: &endings)
            let hasWork = !jobs.isEmpty || !endings.isEmpty
            if phase == .dismissed, !hasWork, pending == 0 {
                signal.unlock()
                return
            }
            let patience = hasWork ? 0 : sleep()
            signal.unlock()
            resume(&endings)
            let count = Int(pooling_poller_wait(poller, ready, CInt(capacity), patience))
            signal.lock()
            isAsleep = false
            var hasHangUps = false
            for event in UnsafeBufferPointer(start: ready, count: count) {
                switch event.token {
                case POOLING_BELL: pooling_poller_quiet(bell)
                case Self.hangUps: hasHangUps = true
                default:
                    let (index, number) = (SocketSeat.index(of: event.token), SocketSeat.number(of: event.token))
                    if let ending = take(index, number, .ready(event.readiness)) { endings.append(ending) }
                }
            }
            signal.unlock()
            resume(&endings)
            if hasHangUps { HangUpWatch.shared.collect() }
        }
    }

    private func runJobs() {
        for _ in 0..<Self.jobsPerTurn {
            guard let job = jobs.popFirst() else { return }
            BlockingWorker.perform(job)
        }
    }

    private func takeOverdue(into endings: inout [Ending]) {
        guard wheel.nextDue != nil else { return }
        let now = MonotonicInstant.now
        while let index = wheel.popDue(at: now) {
            guard let wait = seats[index].wait else { continue }
            seats[index].wait = nil
            pending -= 1
            endings.append((wait.continuation, .deadlinePassed))
        }
    }

    /// Returns the nanoseconds for which the thread may sleep; less than 0: without end.
    private func sleep() -> Int64 {
        isAsleep = true
        wakes = wheel.nextDue ?? .distantFuture
        return wakes == .distantFuture ? -1 : max(wakes - .now, 0)
    }

    private func resume(_ endings: inout [Ending]) {
        for ending in endings { ending.continuation.resume(returning: ending.outcome) }
        endings.removeAll(keepingCapacity: true)
    }
}
