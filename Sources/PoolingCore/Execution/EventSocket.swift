internal import CPoolingShims
internal import Synchronization

/// A socket as event loops know it: what a driver over a non-blocking client library waits with.
///
/// It belongs to no loop. A wait arms it once on the loop that the calling task is on, so that the task goes on there
/// and no thread is crossed; a task that is on none waits through a loop of the process and goes on where it lives.
/// Readiness is level-triggered: whoever waits again without having read everything is served at once.
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
        /// Nobody may begin to wait.
        var isInterrupted = false
        /// No loop knows the descriptor any more.
        var isClosed = false
    }

    public let descriptor: CInt
    private let state: Mutex<State>
    /// Held while the loops are made to forget: nobody's `close()` returns before the descriptor may be closed.
    private let forgetting = Mutex(())
    private let hangUp = HangUpWatch.Flag()
    private let watch: UInt64?

    /// Makes the descriptor known, disarmed; its hang-up is watched for from now on.
    public init(_ descriptor: CInt) {
        self.descriptor = descriptor
        state = Mutex(State(seat: .take()))
        watch = HangUpWatch.shared.add(descriptor, hangUp)
    }

    /// The descriptor may be closed by now, and its number be somebody else's: nothing is done to it here.
    deinit {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.seat.giveBack() }
            return !state.isClosed
        }
        if isOpen, let watch { HangUpWatch.shared.forget(watch, nil) }
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
    package nonisolated(nonsending) func wait(
        for interest: Readiness, until deadline: MonotonicInstant, isCancellable: Bool = true
    ) async throws -> Readiness {
        let (loop, seat, isKnown) = try begin()
        let outcome: EventLoop.Outcome
        if isCancellable {
            outcome = await withTaskCancellationHandler {
                await suspend(on: loop, seat, isKnown, interest, deadline)
            } onCancel: {
                loop.end(seat, .cancelled)
            }
        } else {
            outcome = await suspend(on: loop, seat, isKnown, interest, deadline)
        }
        state.withLock { state in
            state.waitsOn = nil
            if case .refused = outcome { state.loops.removeAll { $0 === loop } }
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

    private nonisolated(nonsending) func suspend(
        on loop: EventLoop, _ seat: SocketSeat, _ isKnown: Bool, _ interest: Readiness, _ deadline: MonotonicInstant
    ) async -> EventLoop.Outcome {
        await withUnsafeContinuation { continuation in
            loop.install(
                continuation, at: seat, descriptor, isKnown: isKnown, interest.rawValue, until: deadline)
        }
    }

    /// Whether somebody waits, or is about to: what tests wait for.
    package var isWaitedFor: Bool { state.withLock { $0.waitsOn != nil } }

    /// Chooses the loop, and numbers the wait.
    private func begin() throws -> (EventLoop, SocketSeat, isKnown: Bool) {
        let loop = EventLoop.current ?? .outsiders
        return try state.withLock { state in
            if state.isInterrupted { throw SocketWaitError(.closed) }
            if state.waitsOn != nil { throw SocketWaitError(.alreadyWaiting) }
            state.waitsOn = loop
            state.seat.number &+= 1
            let isKnown = state.loops.contains { $0 === loop }
            if !isKnown { state.loops.append(loop) }
            return (loop, state.seat, isKnown)
        }
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
        let loops = state.withLock { state -> [EventLoop]? in
            if state.isClosed { return nil }
            defer {
                state.isClosed = true
                state.loops = []
                // Else the one who waits does, since the place is in use until then.
                if state.waitsOn == nil { state.seat.giveBack() }
            }
            return state.loops
        }
        guard let loops else { return }
        if isDescriptorOpen {
            for loop in loops { loop.forget(descriptor) }
        }
        if let watch { HangUpWatch.shared.forget(watch, isDescriptorOpen ? descriptor : nil) }
    }
}
