import PoolingTestKit
import Testing

@testable import PoolingCore

@Suite struct ControlTests {
    @Test func `while suspended, loans run on and new acquires wait`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let loan = rig.borrow()
        rig.send(.suspended)
        #expect(rig.borrow() == nil)
        let waiter = rig.acquire()
        if let loan { rig.release(loan) }
        rig.pass(.seconds(1))
        #expect(rig.grants[waiter] == nil && rig.refusals[waiter] == nil)
        rig.send(.resumed)
        #expect(rig.grants[waiter] != nil)
        #expect(rig.borrow() != nil)
    }

    @Test func `while suspended, acquires fail if so configured, and nothing is opened`() {
        let rig = Rig { $0.suspensionPolicy = .fail }
        rig.send(.suspended)
        #expect(rig.refusal(of: rig.acquire()) == .suspended)
        #expect(rig.connects.isEmpty)
    }

    @Test func `recycling all closes idle connections now and those on loan when they come back`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let loan = rig.borrow()
        rig.send(.recycled(.all))
        #expect(rig.closeReasons == [.recycled])
        if let loan { rig.release(loan) }
        #expect(rig.closeReasons == [.recycled, .recycled])
    }

    @Test func `a connect of an old generation is not lent`() {
        let rig = Rig { $0.max = 1 }
        let id = rig.acquire()
        rig.send(.recycled(.all))
        rig.connect()
        #expect(rig.grants[id] == nil && rig.closeReasons == [.recycled])
        rig.closeAll()
        rig.connect()
        #expect(rig.grants[id] != nil)
    }

    @Test func `recycling one connection spares the others`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        rig.send(.recycled(.connection(ConnectionID(rawValue: 2))))
        #expect(rig.closeReasons == [.recycled] && rig.statistics.idle == 1)
    }

    @Test func `recycling idle connections lets loans be`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let loan = rig.borrow()
        rig.send(.recycled(.idle))
        if let loan { rig.release(loan) }
        #expect(rig.closeReasons == [.recycled] && rig.statistics.idle == 1)
    }

    @Test func `only the first of many errors of one generation makes the others stale`() {
        let rig = Rig { $0.max = 3 }
        rig.open(3)
        let ids = (0..<2).map { _ in rig.acquire() }
        for id in ids { if let loan = rig.grants[id] { rig.send(.distrusted(slot: loan.slot)) } }
        #expect(rig.statistics.generation == 1)
        for id in ids { rig.release(id) }
        #expect(rig.closeReasons.count == 3)
    }

    @Test func `warm is: min connections are open, and one was proved since the question`() {
        let rig = Rig {
            $0.min = 2
            $0.max = 4
        }
        let id = rig.warm()
        rig.connect()
        #expect(rig.warmed.isEmpty)
        rig.connect()
        #expect(rig.warmed == [id])
        rig.pass(.seconds(1))
        let second = rig.warm()
        #expect(rig.warmed == [id] && rig.checks.count == 1)
        rig.check()
        #expect(rig.warmed == [id, second])
    }

    @Test func `warmth of an empty pool without a minimum opens one connection`() {
        let rig = Rig()
        let id = rig.warm()
        #expect(rig.connects.count == 1)
        rig.connect()
        #expect(rig.warmed == [id])
    }

    @Test func `F4: late events of gone operations change nothing, in any state`() {
        let rig = Rig { $0.max = 3 }
        rig.open(2)
        rig.acquire()
        let stale =
            (0..<3).flatMap { slot in (0..<4).map { Operation(slot: Int32(slot), number: UInt32($0)) } }
            + [Operation(slot: 99, number: 1)]
        for operation in stale where !rig.machine.isCurrent(operation) {
            let events: [MachineEvent] = [
                .connected(operation), .connectFailed(operation), .succeeded(operation), .failed(operation),
                .closed(operation),
            ]
            for event in events {
                let before = rig.statistics
                rig.send(event)
                #expect(rig.statistics == before, "\(event)")
            }
        }
        rig.send(.released(99, .ready))
        rig.send(.distrusted(slot: 99))
        rig.send(.abandonedEnded)
        rig.send(.timer)
    }
}
