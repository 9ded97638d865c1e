internal import Synchronization

/// What the proxy's owner and its thread tell each other.
final class ProxyDesk: Sendable {
    struct State {
        var faults = ProxyFaults()
        /// How often a cut was ordered: with each new one the connections count anew.
        var cutsToServer = 0
        var cutsToClient = 0
        var resets = 0
        var resetsDone = 0
        var counters = FaultProxy.Counters()
        var isDismissed = false
        var hasEnded = false
    }

    let state = Mutex(State())
    /// Its reading end wakes the thread.
    let bell: (reading: Socket, writing: Socket)

    init() throws(FaultProxy.Failure) { bell = try Socket.pair() }

    deinit {
        bell.reading.release()
        bell.writing.release()
    }

    @discardableResult func tell<R>(_ change: (inout State) -> R) -> R {
        let result = state.withLock { change(&$0) }
        bell.writing.ring()
        return result
    }

    func dismiss() { tell { $0.isDismissed = true } }

    /// Returns when `isDone`, or when the thread has ended. It looks again every millisecond: the thread may be at the
    /// end of its life, where it has no way of telling.
    func wait(_ isDone: (borrowing State) -> Bool) {
        while !state.withLock({ $0.hasEnded || isDone($0) }) { Socket.pause() }
    }
}
