import Synchronization
import Testing

@testable import PoolingCore

/// The slots of the shipped pool, one step at a time.
@Suite struct SlotTableTests {
    private let start = MonotonicInstant(nanoseconds: 1_000_000_000)

    /// One slot with a connection, owned by the machine.
    private func table() -> SlotTable {
        let slots = SlotTable()
        slots.reserve(1)
        slots.open(0, id: ConnectionID(rawValue: 1), at: start)
        return slots
    }

    @Test func `F51: the token of an earlier loan gives back nothing`() throws {
        let slots = table()
        let first = slots.lend(0, at: start)
        #expect(slots.takeBack(first, at: start))
        #expect(!slots.takeBack(first, at: start), "nobody holds it")
        let second = slots.lend(0, at: start)
        #expect(!slots.isCurrent(first) && slots.isCurrent(second))
        #expect(!slots.takeBack(first, at: start), "another holds it")
        #expect(!slots.checkin(first), "nor without the lock")
        #expect(slots.isCurrent(second))
        #expect(slots.takeBack(second, at: start))
    }

    @Test func `F51: the token of an earlier loan gives back nothing by the fast path either`() throws {
        let slots = table()
        slots.delegate(0)
        let first = try #require(slots.checkout(owner: 0))
        #expect(slots.checkin(first))
        #expect(!slots.checkin(first), "nobody holds it")
        let second = try #require(slots.checkout(owner: 0))
        #expect(!slots.checkin(first), "another holds it")
        #expect(!slots.takeBack(first, at: start), "nor with the lock")
        #expect(slots.isCurrent(second) && !slots.isIdle(0))
        #expect(slots.checkin(second))
    }

    @Test(arguments: [10, 33, 100, 1000])
    func `after a pause the one connection that was proved is found, wherever it is`(count: Int) throws {
        let slots = SlotTable()
        slots.reserve(count)
        slots.freshFor.store(1_000_000_000, ordering: .relaxed)
        let past = MonotonicInstant(nanoseconds: MonotonicInstant.now.nanoseconds - 3_600_000_000_000)
        for slot in 0..<count {
            slots.open(slot, id: ConnectionID(rawValue: UInt64(slot) + 1), at: past)
            slots.delegate(slot)
        }
        #expect(slots.checkout(owner: 0) == nil, "none is fresh")
        for slot in [0, count / 2, count - 1] {
            slots.touch(slot, at: .now)
            let loan = try #require(slots.checkout(owner: 0))
            #expect(loan.slot == slot)
            #expect(slots.takeBack(loan, at: past))
            slots.touch(slot, at: past)
            slots.delegate(slot)
        }
    }

    @Test func `a loan that its borrower never had is no use of the connection`() {
        let slots = table()
        let later = start + 1_000_000_000
        #expect(slots.takeBack(slots.lend(0, at: later), at: later, wasUsed: false))
        #expect(slots.lastUsed(0) == start)
        #expect(slots.takeBack(slots.lend(0, at: later), at: later))
        #expect(slots.lastUsed(0) == later)
    }

    @Test func `F51: a loan is refused at its return once the connection was taken away`() throws {
        let slots = table()
        let loan = slots.lend(0, at: start)
        slots.revoke(0)
        #expect(!slots.isCurrent(loan) && !slots.takeBack(loan, at: start))
    }

    @Test func `F1: a loan that was recalled does not come back by the fast path`() throws {
        let slots = table()
        slots.delegate(0)
        let loan = try #require(slots.checkout(owner: 7))
        let recalled = try #require(slots.recall(0))
        #expect(recalled.owner == 7)
        #expect(!slots.checkin(loan), "its return has to meet those who wait")
        #expect(slots.takeBack(loan, at: start))
        #expect(slots.checkout(owner: 0) == nil, "it is the machine's")
    }

    @Test func `what is on loan is neither claimed nor lent by the fast path`() throws {
        let slots = table()
        slots.delegate(0)
        let loan = try #require(slots.checkout(owner: 0))
        #expect(!slots.claim(0) && slots.checkout(owner: 0) == nil)
        #expect(slots.checkin(loan))
        #expect(slots.claim(0))
        #expect(slots.checkout(owner: 0) == nil)
    }

    @Test func `F3: loans are counted once each, also those of connections that are gone`() throws {
        let slots = table()
        let own = slots.lend(0, at: start)
        #expect(slots.confirm(own, site: 0))
        #expect(slots.takeBack(own, at: start))
        #expect(!slots.confirm(own, site: 0), "it has ended")
        slots.delegate(0)
        for _ in 0..<3 { #expect(slots.checkin(try #require(slots.checkout(owner: 0)))) }
        #expect(slots.loans() == (4, 0, 1))
        #expect(slots.claim(0))
        slots.open(0, id: ConnectionID(rawValue: 2), at: start)
        #expect(slots.uses(0) == 0, "of this connection")
        #expect(slots.loans() == (4, 0, 1), "of this place")
        let loan = slots.lend(0, at: start)
        #expect(slots.loans() == (5, 1, 1) && slots.uses(0) == 1)
        #expect(slots.takeBack(loan, at: start))
    }

    @Test func `a thread has its own connections again before others, and others rather than none`() throws {
        let slots = SlotTable()
        slots.reserve(4)
        for slot in 0..<4 {
            slots.open(slot, id: ConnectionID(rawValue: UInt64(slot) + 1), at: start)
            slots.delegate(slot)
        }
        func take(_ thread: UInt32) -> LoanID? {
            slots.checkout(owner: 0, site: 0, of: 4, at: 0, from: thread, thread: thread, in: slots.allChunks)
        }
        let (a, b) = (try [#require(take(0)), #require(take(0))], try [#require(take(1)), #require(take(1))])
        #expect(a.map(\.slot) == [0, 1] && b.map(\.slot) == [2, 3])
        for loan in a + b { #expect(slots.checkin(loan)) }
        // Slot 1 is nearer to it, and idle.
        #expect((0..<4).map { _ in take(1)?.slot } == [2, 3, 1, 0])
        #expect(take(0) == nil)
    }
}
