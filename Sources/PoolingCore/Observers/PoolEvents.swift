internal import Synchronization

/// What happens in a pool from now on, as a sequence. Holds at most ``capacity`` events that have not been read; what
/// comes on top is dropped and counted, so that a slow reader costs the pool nothing.
public struct PoolEvents: AsyncSequence, Sendable {
    public typealias Failure = Never
    public static let capacity = 1024

    let subscription: EventSubscription

    /// How many events were dropped so far because the reader was slow.
    public var dropped: UInt64 { subscription.dropped.load(ordering: .relaxed) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: EventSubscription
        var iterator: AsyncStream<PoolEvent>.Iterator

        public mutating func next() async -> PoolEvent? { await iterator.next() }
        public mutating func next(isolation actor: isolated (any Actor)?) async -> PoolEvent? {
            await iterator.next(isolation: actor)
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(subscription: subscription, iterator: subscription.stream.makeAsyncIterator())
    }
}

/// One reader of a pool's events. Ends when the sequence and its iterators are gone.
final class EventSubscription: Sendable {
    let stream: AsyncStream<PoolEvent>
    let continuation: AsyncStream<PoolEvent>.Continuation
    let dropped = Atomic<UInt64>(0)
    private let onEnd: @Sendable () -> Void

    init(onEnd: @escaping @Sendable () -> Void) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(PoolEvents.capacity))
        self.onEnd = onEnd
    }

    deinit { onEnd() }
}
