internal import CPoolingShims

// Who waits for which socket. All of it with the loop's lock held, but for what is said to be otherwise.
extension EventLoop {
    /// A socket's place in this loop.
    struct Seat {
        var wait: Wait?
        /// A wait that was ended before it began, and how.
        var preempted: (number: UInt32, outcome: Outcome)?
        /// What the socket was armed with last. Reports of an earlier arming are nobody's.
        var armed: UInt32 = 0
        /// It stays armed: every arrival is reported, once.
        var stands = false
        /// What was reported while nobody waited; that the other side has hung up is kept for ever.
        var missed: UInt32 = 0
    }

    struct Wait {
        let number: UInt32
        let continuation: UnsafeContinuation<Outcome, Never>
    }

    /// How a wait ends, exactly once.
    enum Outcome { case ready(UInt32), deadlinePassed, cancelled, closed, refused(CInt) }

    typealias Ending = (continuation: UnsafeContinuation<Outcome, Never>, outcome: Outcome)

    /// What somebody wants to wait for.
    struct Request {
        var seat: SocketSeat
        let descriptor: CInt
        let interest: UInt32
        let deadline: MonotonicInstant
        /// The descriptor was armed here before.
        let isKnown: Bool
        /// To be armed so that later waits need not arm it.
        let settles: Bool
        /// What has arrived so far does not count: where the socket stands armed, nothing has to be done.
        let isFresh: Bool
    }

    /// Begins a wait: arms the socket, unless it stands armed or the wait was ended before. Takes the lock.
    func install(_ continuation: UnsafeContinuation<Outcome, Never>, _ request: Request) {
        signal.lock()
        let index = Int(request.seat.index)
        if index >= seats.count { makeRoom(for: index) }
        let outcome = arm(request, index)
        var rings = false
        if outcome == nil {
            seats[index].wait = Wait(number: request.seat.number, continuation: continuation)
            pending += 1
            if request.deadline != .distantFuture {
                wheel.schedule(index, at: request.deadline)
                rings = request.deadline < wakes && rouse()
            }
        }
        signal.unlock()
        if rings { ring() }
        if let outcome { continuation.resume(returning: outcome) }
    }

    /// - Returns: how the wait ends, if it need not begin.
    private func arm(_ request: Request, _ index: Int) -> Outcome? {
        if let preempted = seats[index].preempted, preempted.number == request.seat.number {
            return preempted.outcome
        }
        if request.isFresh, seats[index].stands {
            let missed = seats[index].missed
            if missed == 0 { return nil }
            seats[index].missed = missed & POOLING_HUNG_UP
            return .ready(missed)
        }
        var failure = begin()
        // With the lock held: a later wait of this socket must not be armed before this one.
        if failure == 0 {
            failure =
                request.settles
                ? pooling_poller_stand(poller, request.descriptor, request.seat.token, request.isKnown ? 1 : 0)
                : pooling_poller_arm(
                    poller, request.descriptor, request.interest, request.seat.token, request.isKnown ? 1 : 0)
        }
        seats[index].armed = request.seat.number
        seats[index].stands = request.settles && failure == 0
        seats[index].missed = 0
        return failure == 0 ? nil : .refused(failure)
    }

    /// A socket was reported ready.
    func report(_ readiness: UInt32, _ token: UInt64) -> Ending? {
        let index = SocketSeat.index(of: token)
        guard index < seats.count, seats[index].armed == SocketSeat.number(of: token) else { return nil }
        let ending = seats[index].wait.flatMap { take(index, $0.number, .ready(readiness)) }
        if seats[index].stands {
            seats[index].missed |= ending == nil ? readiness : readiness & POOLING_HUNG_UP
        }
        return ending
    }

    /// Ends the wait that `seat` numbers, now or, if it has not begun, as soon as it does. One that is over stays so. Takes
    /// the lock.
    func end(_ seat: SocketSeat, _ outcome: Outcome) {
        signal.lock()
        let index = Int(seat.index)
        if index >= seats.count { makeRoom(for: index) }
        let ending = take(index, seat.number, outcome)
        // One that comes late must not take the place of what is meant for a later wait.
        let isNewer = seats[index].preempted.map { Int32(bitPattern: seat.number &- $0.number) > 0 } ?? true
        if ending == nil, isNewer { seats[index].preempted = (seat.number, outcome) }
        signal.unlock()
        ending?.continuation.resume(returning: outcome)
    }

    /// The socket waits elsewhere now, and its arrivals wake nobody here. Takes the lock.
    func unsettle(_ seat: SocketSeat, _ descriptor: CInt) {
        signal.lock()
        let index = Int(seat.index)
        // Not once it was forgotten: its descriptor may be somebody else's.
        if index < seats.count, seats[index].stands {
            seats[index].stands = false
            _ = pooling_poller_arm(poller, descriptor, 0, seat.token, 1)
        }
        signal.unlock()
    }

    /// Forgets a socket. Takes the lock.
    /// - Parameter descriptor: if it is still open.
    func forget(_ seat: SocketSeat, _ descriptor: CInt?) {
        signal.lock()
        let index = Int(seat.index)
        if index < seats.count {
            seats[index].stands = false
            seats[index].missed = 0
        }
        if let descriptor { pooling_poller_forget(poller, descriptor) }
        signal.unlock()
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

    func takeOverdue(into endings: inout [Ending]) {
        guard wheel.nextDue != nil else { return }
        let now = MonotonicInstant.now
        while let index = wheel.popDue(at: now) {
            guard let wait = seats[index].wait else { continue }
            seats[index].wait = nil
            pending -= 1
            endings.append((wait.continuation, .deadlinePassed))
        }
    }
}
