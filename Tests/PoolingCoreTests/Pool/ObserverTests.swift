import PoolingCore
import Synchronization
import Testing

@Suite struct ObserverTests {
    /// Hears what it asks for, and keeps the pool as observers should.
    private final class Picky: PoolObserver {
        struct Seen {
            var kinds: PoolEventKinds = []
            var events = 0
            var attached = 0
            var eventsBefore = 0
            var pool: ObservedPool?
        }
        let interests: PoolEventKinds
        let seen = Mutex(Seen())

        init(_ interests: PoolEventKinds) { self.interests = interests }

        func attached(to pool: ObservedPool) {
            seen.withLock {
                $0.eventsBefore = $0.events
                $0.attached += 1
                $0.pool = pool
            }
        }

        func observe(_ event: PoolEvent, in pool: PoolIdentity) {
            seen.withLock {
                $0.events += 1
                $0.kinds.formUnion(event.kind)
            }
        }
    }

    private func exercise(_ observers: [any PoolObserver]) async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: observers)
        for _ in 0..<3 { try await pool.withConnection { _ in } }
        let lease = try await pool.lease()
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .milliseconds(1)) { _ in } }
        lease.release()
        pool.suspend()
        pool.resume()
        await pool.shutdown()
    }

    @Test(arguments: [PoolEventKinds.loans, .acquires, .connections, .pool, [.acquires, .pool], .all, []])
    func `an observer is told what it asks for, and nothing else`(_ interests: PoolEventKinds) async throws {
        let (picky, all) = (Picky(interests), EventLog())
        try await exercise([picky, all])
        let seen = picky.seen.withLock { ($0.kinds, $0.events) }
        #expect(seen.0 == interests)
        #expect(seen.1 == all.count { !interests.isDisjoint(with: $0.kind) })
    }

    @Test func `without anybody else, too, an observer hears no loans that it does not ask for`() async throws {
        let picky = Picky([.acquires, .connections])
        try await exercise([picky])
        #expect(picky.seen.withLock { $0.kinds } == [.acquires, .connections])
    }

    @Test func `a loan that was waited for is told to one who asks for acquires only`() async throws {
        let (picky, log) = (Picky(.acquires), EventLog())
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [picky, log])
        let lease = try await pool.lease()
        let before = picky.seen.withLock { $0.events }
        let waiting = log.count(\.isWaiting)
        let second = Task { try await pool.withConnection { _ in } }
        await log.wait(for: waiting + 1, \.isWaiting)
        lease.release()
        try await second.value
        #expect(picky.seen.withLock { $0.events } == before + 2, "it waits, and it is granted")
        await pool.shutdown()
    }

    @Test func `an observer gets to know a pool once, before anything is told, and does not keep it`() async throws {
        let picky = Picky(.all)
        try await {
            let pool = try Pool(ScriptedDriver(), name: "known", configuration: .init(max: 3), observers: [picky])
            let known = picky.seen.withLock { $0.pool }
            #expect(known?.identity == pool.identity)
            #expect(known?.statistics?.max == 3)
            #expect(known?.configuration == pool.configuration)
            try await pool.withConnection { _ in }
            await pool.shutdown()
        }()
        let (attached, before) = picky.seen.withLock { ($0.attached, $0.eventsBefore) }
        #expect(attached == 1)
        #expect(before == 0)
        #expect(await becomes { picky.seen.withLock { $0.pool?.statistics == nil } })
    }

    /// Makes another one for each pool.
    private struct Maker: PoolObserver {
        let made = Shared<[Picky]>([])
        func observer(of pool: PoolIdentity) -> any PoolObserver {
            let picky = Picky(.loans)
            made.change { $0.append(picky) }
            return picky
        }
        func observe(_ event: PoolEvent, in pool: PoolIdentity) { Issue.record("somebody else observes") }
    }

    @Test func `an observer may name another one for each pool, which goes with it`() async throws {
        let maker = Maker()
        try await exercise([maker])
        try await exercise([maker])
        let loans = maker.made.value.map { $0.seen.withLock { $0.kinds } }
        #expect(loans == [.loans, .loans])
        weak let first = maker.made.value.first
        maker.made.change { $0 = [] }
        #expect(await becomes { first == nil })
    }

    @Test func `one who reads the events hears loans although no observer asks for them`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [Picky(.connections)])
        try await pool.withConnection { _ in }
        let events = pool.events()
        try await pool.withConnection { _ in }
        await pool.shutdown()
        var loans = 0
        for await event in events where event.kind == .loans { loans += 1 }
        #expect(loans == 2, "granted and released")
    }

    @Test func `each event is of one kind`() {
        let id = ConnectionID(rawValue: 1)
        let each: [PoolEvent] = [
            .connectStarted(id), .acquireGranted(id, waited: .zero), .acquireGranted(id, waited: .nanoseconds(1)),
            .acquireRejected(.queueFull), .released(id, used: .zero), .closed(id, .idle, age: .zero), .outageBegan,
            .dropped,
        ]
        #expect(
            each.map(\.kind) == [.connections, .loans, .acquires, .acquires, .loans, .connections, .pool, .pool])
    }
}
