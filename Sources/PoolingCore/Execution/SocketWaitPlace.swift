internal import CPoolingShims

/// The way from a task's cancellation to its wait for a socket: memory that threads keep, so that waiting allocates nothing,
/// as a rule. See ``WaitPlace``, whose rules are the same.
///
/// Sendable because nothing in it changes between its being taken and given back, but for the runtime's record.
struct SocketWaitPlace: @unchecked Sendable {
    private struct Place {
        /// The first, since its address and that of the whole are one.
        var cancellation: pooling_cancellation
        /// Held by the task that waits.
        let loop: Unmanaged<EventLoop>
        let seat: SocketSeat
    }
    private let pointer: UnsafeMutablePointer<Place>

    /// By the task that is going to wait, and gives it back.
    static func take(_ loop: EventLoop, _ seat: SocketSeat) -> SocketWaitPlace {
        let memory = pooling_spare_take(MemoryLayout<Place>.size).assumingMemoryBound(to: Place.self)
        let cancellation = pooling_cancellation(
            handler: { raw in
                let place = raw.assumingMemoryBound(to: Place.self)
                place.pointee.loop.takeUnretainedValue().end(place.pointee.seat, .cancelled)
            }, record: nil)
        memory.initialize(to: Place(cancellation: cancellation, loop: .passUnretained(loop), seat: seat))
        return SocketWaitPlace(pointer: memory)
    }

    func giveBack() { pooling_spare_give(pointer, MemoryLayout<Place>.size) }

    /// From now on, a cancellation of the current task ends its wait; at once if there was one. Complete calls only may stand
    /// between this and ``ignoreCancellation()``.
    func watchCancellation() { pooling_cancellation_watch(&pointer.pointee.cancellation) }

    /// A cancellation that is being told has been told when this returns.
    func ignoreCancellation() { pooling_cancellation_ignore(&pointer.pointee.cancellation) }
}
