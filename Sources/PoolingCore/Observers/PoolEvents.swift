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

/// Who listens to a pool.
final class EventHub: Sendable {
    private struct Reader {
        weak var subscription: EventSubscription?
        let number: UInt64
    }

    private struct Readers {
        var all: [Reader] = []
        var made: UInt64 = 0
    }

    private let observers: [any PoolObserver]
    private let readers = Mutex(Readers())

    init(_ observers: [any PoolObserver]) { self.observers = observers }

    var isEmpty: Bool { observers.isEmpty && readers.withLock { $0.all.isEmpty } }

    func send(_ event: PoolEvent, from pool: PoolIdentity) {
        for observer in observers { observer.observe(event, in: pool) }
        let subscriptions = readers.withLock { $0.all.compactMap(\.subscription) }
        for subscription in subscriptions {
            if case .dropped = subscription.continuation.yield(event) {
                subscription.dropped.wrappingAdd(1, ordering: .relaxed)
            }
            if case .shutdownEnded = event { subscription.continuation.finish() }
        }
    }

    func subscribe(for core: PoolCore) -> EventSubscription {
        let number = readers.withLock { readers in
            readers.made += 1
            return readers.made
        }
        // Whether anybody listens is said under the lock, or one who goes could silence one who comes.
        let subscription = EventSubscription { [weak self, weak core] in
            guard let self, let core else { return }
            readers.withLock { readers in
                readers.all.removeAll { $0.number == number }
                core.isObserved.store(!self.observers.isEmpty || !readers.all.isEmpty, ordering: .relaxed)
            }
        }
        readers.withLock { readers in
            readers.all.append(Reader(subscription: subscription, number: number))
            core.isObserved.store(true, ordering: .relaxed)
        }
        return subscription
    }
}
