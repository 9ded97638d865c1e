internal import CPoolingShims
internal import Synchronization

/// A socket as event loops know it: what a driver over a non-blocking client library waits with.
///
/// It belongs to no loop. A wait arms it once on the loop that the calling task is on, so that the task goes on there
/// and no thread is crossed; a task that is on none waits through a loop of the process and goes on where it lives.
/// Readiness is level-triggered: whoever waits again without having read everything is served at once. Only a driver that
/// waits for the answer to what it has just asked may say so, and needs no system call for that where the wait before was on
/// the same loop: the socket stands armed there.
///
/// The descriptor stays its owner's: ``close()`` this before that is closed.
public final class EventSocket: Sendable {
    /// What a socket is ready for.
    public struct Readiness: OptionSet, Sendable, Hashable {
        public let rawValue: UInt32
        @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

        public static var readable: Readiness { Readiness(rawValue: 1) }
        public static var writable: Readiness { Readiness(rawValue: 2) }
        /// The other side is gone, or has said that it sends no more. It need not be asked for. What it had sent is still
        /// there to be read.
        public static var hungUp: Readiness { Readiness(rawValue: 4) }
    }

    private struct State {
        var seat: SocketSeat
        /// Whose pollers know the descriptor.
        var loops: [EventLoop] = []
        /// Where somebody waits.
        var waitsOn: EventLoop?
        /// Where somebody has waited last. It may stand armed there, and nowhere else.
        var home: EventLoop?
        /// Nobody may begin to wait.
        var isInterrupted = false
        /// The loops are being told to forget the descriptor.
        var isForgotten = false
        /// None knows it any more.
        var isClosed = false
    }

    public let descriptor: CInt
    private let state: Mutex<State>
    /// Held while the loops are made to forget: nobody's `close()` returns before the descriptor may be closed.
    private let forgetting = Mutex(())
    private let hangUp = HangUpWatch.Flag()
    private let watch: UInt64?
    private let generation = pooling_fork_generation()

    /// Makes the descriptor known, disarmed; its hang-up is watched for from now on.
    ///
    /// Call `connect` on a stream socket first: before that it counts as hung up on Linux, and ``isHungUp`` stays true.
    public init(_ descriptor: CInt) {
        self.descriptor = descriptor
        state = Mutex(State(seat: .take()))
        watch = HangUpWatch.shared.add(descriptor, hangUp)
    }

    /// The descriptor may be closed by now, and its number be somebody else's: nothing is done to it here.
    ///
    /// In a child process nothing is done at all: a thread of the parent's may have held one of the locks.
    deinit {
        if pooling_fork_generation() == generation { forget(isDescriptorOpen: false) }
    }

    /// Whether the other side was seen to hang up, since the beginning and without a system call. Once true, it stays so.
    public var isHungUp: Bool { hangUp.isSet }

    /// Waits until the socket is ready for one of `interest`, or was hung up.
    ///
    /// - Parameter deadline: when to give up; nil: never.
    /// - Returns: what it is ready for, at the time of looking.
    /// - Throws: ``SocketWaitError``; `CancellationError` as soon as the task is cancelled, unless it is not to be.
    /// - Complexity: O(1); one system call.
    public nonisolated(nonsending) func wait(
        for interest: Readiness, until deadline: ContinuousClock.Instant? = nil, isCancellable: Bool = true
    ) async throws -> Readiness {
        let deadline = deadline.map(MonotonicInstant.init)
        return try await wait(for: interest, until: deadline ?? .distantFuture, isCancellable: isCancellable)
    }

    /// The same, on the engine's clock; ``MonotonicInstant/distantFuture`` means never.
    ///
    /// - Parameter isFresh: waits for what arrives after the wait before has ended, such as the answer to what was sent since,
    ///   and not for what was left unread. It may end too early then, but not too late, and as a rule begins without a system
    ///   call.
    package nonisolated(nonsending) func wait(
        for interest: Readiness, until deadline: MonotonicInstant, isCancellable: Bool = true, isFresh: Bool = false
    ) async throws -> Readiness {
        let (loop, request) = try begin(interest, deadline, isFresh)
        let place = isCancellable ? SocketWaitPlace.take(loop, request.seat) : nil
        place?.watchCancellation()
        let outcome = await withUnsafeContinuation { loop.install($0, request) }
        place?.ignoreCancellation()
        place?.giveBack()
        state.withLock { state in
            state.waitsOn = nil
            if case .refused = outcome {
                state.loops.removeAll { $0 === loop }
                state.home = nil
            }
            if state.isClosed { state.seat.giveBack() }
        }
        switch outcome {
        case .ready(let readiness): return Readiness(rawValue: readiness)
        case .deadlinePassed: throw SocketWaitError(.deadlinePassed)
        case .cancelled: throw CancellationError()
        case .closed: throw SocketWaitError(.closed)
        case .refused(let errno): throw SocketWaitError(.refused, errno: errno)
        }
    }

    /// Whether somebody waits, or is about to: what tests wait for.
    package var isWaitedFor: Bool { state.withLock { $0.waitsOn != nil } }

    /// Chooses the loop, and numbers the wait.
    private func begin(
        _ interest: Readiness, _ deadline: MonotonicInstant, _ isFresh: Bool
    ) throws(SocketWaitError) -> (EventLoop, EventLoop.Request) {
        let loop = EventLoop.current ?? .outsiders
        let (former, request) = try state.withLock { state throws(SocketWaitError) in
            if state.isInterrupted { throw SocketWaitError(.closed) }
            if state.waitsOn != nil { throw SocketWaitError(.alreadyWaiting) }
            let home = state.home
            state.home = loop
            state.waitsOn = loop
            state.seat.number &+= 1
            let isHome = home === loop
            let isKnown = isHome || state.loops.contains { $0 === loop }
            if !isKnown { state.loops.append(loop) }
            // From the second time in a row: a connection that changes loops each time would pay for leaving, too.
            let request = EventLoop.Request(
                seat: state.seat, descriptor: descriptor, interest: interest.rawValue, deadline: deadline,
                isKnown: isKnown, settles: isHome && interest == .readable, isFresh: isFresh && interest == .readable)
            return (isHome ? nil : home, request)
        }
        former?.unsettle(request.seat, descriptor)
        return (loop, request)
    }

    /// Ends the wait that goes on, and all later ones, with ``SocketWaitError/Code/closed``: for whoever can't close the
    /// socket yet because somebody uses it. Once is enough.
    public func interrupt() {
        let former = state.withLock { state -> State? in
            if state.isInterrupted { return nil }
            state.isInterrupted = true
            return state
        }
        // One that has not been armed won't be.
        if let former { former.waitsOn?.end(former.seat, .closed) }
    }

    /// Makes the loops forget the descriptor, which may be closed then; ``interrupt()`` is part of it. Once is enough.
    public func close() { forget(isDescriptorOpen: true) }

    /// The same, after its owner has closed the descriptor: its number may be somebody else's by now, and nothing is done
    /// to it.
    package func abandon() { forget(isDescriptorOpen: false) }

    private func forget(isDescriptorOpen: Bool) {
        interrupt()
        forgetting.withLock { _ in forgetOnce(isDescriptorOpen) }
    }

    private func forgetOnce(_ isDescriptorOpen: Bool) {
        let (waitsOn, waiting) = state.withLock { ($0.waitsOn, $0.seat) }
        // Again: another one who closes may have been held up before it could say so, and a wait that begins after this must
        // not arm a descriptor that is somebody else's by then.
        waitsOn?.end(waiting, .closed)
        let known = state.withLock { state -> ([EventLoop], SocketSeat)? in
            if state.isForgotten { return nil }
            defer {
                state.isForgotten = true
                state.loops = []
                state.home = nil
            }
            return (state.loops, state.seat)
        }
        guard let (loops, seat) = known else { return }
        for loop in loops { loop.forget(seat, isDescriptorOpen ? descriptor : nil) }
        // Else the one who waits does, since the place is in use until then.
        let isIdle = state.withLock { state in
            state.isClosed = true
            return state.waitsOn == nil
        }
        if isIdle { seat.giveBack() }
        if let watch { HangUpWatch.shared.forget(watch, isDescriptorOpen ? descriptor : nil) }
    }
}
