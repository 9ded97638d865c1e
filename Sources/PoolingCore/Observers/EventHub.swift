internal import Synchronization

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

    private struct Listener {
        let observer: any PoolObserver
        let interests: PoolEventKinds
    }

    private let listeners: [Listener]
    /// What the observers want to hear.
    private let interests: PoolEventKinds
    private let readers = Mutex(Readers())
    /// Most pools have none, and then an event needs no lock. Written under the lock.
    private let hasReaders = Atomic<Bool>(false)

    init(_ observers: [any PoolObserver], of pool: PoolIdentity) {
        listeners = observers.map {
            let observer = $0.observer(of: pool)
            return Listener(observer: observer, interests: observer.interests)
        }
        interests = listeners.reduce([]) { $0.union($1.interests) }
    }

    func attach(to core: PoolCore) {
        let pool = ObservedPool(core)
        for listener in listeners { listener.observer.attached(to: pool) }
    }

    /// What somebody wants to hear.
    var wanted: PoolEventKinds { hasReaders.load(ordering: .relaxed) ? .all : interests }

    func send(_ event: PoolEvent, from pool: PoolIdentity) {
        let kind = event.kind
        for listener in listeners where listener.interests.contains(kind) { listener.observer.observe(event, in: pool) }
        guard hasReaders.load(ordering: .relaxed) else { return }
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
                self.hasReaders.store(!readers.all.isEmpty, ordering: .relaxed)
                core.listen(to: self.wanted)
            }
        }
        readers.withLock { readers in
            readers.all.append(Reader(subscription: subscription, number: number))
            hasReaders.store(true, ordering: .relaxed)
            core.listen(to: .all)
        }
        return subscription
    }
}
