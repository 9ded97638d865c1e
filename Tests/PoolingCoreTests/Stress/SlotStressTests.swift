import Foundation
import Synchronization
import Testing

@testable import PoolingCore

/// The slots' words under real threads, step by step as in Model/. Each test is what its weakening there breaks.
@Suite(.serialized) struct SlotStressTests {
    private func table(_ slots: Int) -> SlotTable {
        let table = SlotTable()
        table.reserve(slots)
        for slot in 0..<slots {
            table.open(slot, id: ConnectionID(rawValue: UInt64(slot)), at: .now)
            table.delegate(slot)
        }
        return table
    }

    @Test("never have two holders, however many threads take and give back", arguments: [(1, 2), (2, 4)])
    func oneHolder(slots: Int, threads: Int) async {
        let table = table(slots)
        let ground = Ground(slots: slots)
        let loans = Atomic<Int>(0)
        let refused = Atomic<Int>(0)
        await Threads.run(threads) { number, end in
            var mine = 0
            while mine % 256 != 0 || ContinuousClock.now < end {
                mine += 1
                guard let loan = table.checkout(owner: 0) else { continue }
                ground.tread(loan.slot, as: number)
                loans.wrappingAdd(1, ordering: .relaxed)
                // Nobody recalls here, so nobody may be in the way.
                if !table.checkin(loan) { refused.wrappingAdd(1, ordering: .relaxed) }
            }
        }
        #expect(ground.disturbed == 0, "a thread met another on a slot that it had borrowed")
        #expect(ground.loans == loans.load(ordering: .relaxed), "loans of one slot at the same time")
        #expect(refused.load(ordering: .relaxed) == 0, "the return of a loan was refused")
        #expect(table.loans().given == UInt64(loans.load(ordering: .relaxed)))
        #expect(table.loans().current == 0)
    }

    @Test("are the machine's once recalled, and a mark is never overwritten (F1)", arguments: [(1, 2), (2, 4)])
    func recall(slots: Int, threads: Int) async {
        let machine = RecallingMachine(table: table(slots), slots: slots)
        await Threads.run(threads) { number, end in
            var turn = 0
            var loans = 0
            while turn % 64 != 0 || ContinuousClock.now < end {
                turn += 1
                if number == 0 {
                    machine.recallAll(patience: turn % 16)
                } else if machine.borrow(as: number, turn: turn) {
                    loans += 1
                }
            }
            machine.count(loans: loans)
        }
        machine.recallAll()
        let books = machine.books
        #expect(machine.ground.disturbed == 0, "a slot had two holders")
        #expect(machine.ground.loans == books.trodden, "two were on one slot at the same time")
        #expect(books.overwritten == 0, "a recalled loan went back past the machine: a waiter would not be woken")
        #expect(books.refused == 0, "the present loan's return was refused")
        #expect(books.stale == 0, "an old token gave back another's loan")
        #expect(books.recalledLoans > 0 && books.recalledIdle > 0, "the recall met too little: \(books)")
    }

    @Test("are the machine's once claimed, as when it closes an idle connection") func claim() async {
        let table = table(1)
        let ground = Ground(slots: 1)
        let turns = Atomic<Int>(0)
        let refused = Atomic<Int>(0)
        await Threads.run(2) { number, end in
            var turn = 0
            while turn % 64 != 0 || ContinuousClock.now < end {
                turn += 1
                if number == 0 {
                    // A few looks first, so that the claim comes when the other takes, too.
                    var looks = 0
                    while table.isIdle(0), looks < turn % 8 { looks += 1 }
                    guard table.claim(0) else { continue }
                    ground.tread(0, as: number)
                    table.delegate(0)
                } else {
                    guard let loan = table.checkout(owner: 0) else { continue }
                    ground.tread(0, as: number)
                    // Only what is idle is claimed, so nobody may have marked it.
                    if !table.checkin(loan) { refused.wrappingAdd(1, ordering: .relaxed) }
                }
                turns.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(ground.disturbed == 0, "a slot was claimed under its holder")
        #expect(ground.loans == turns.load(ordering: .relaxed), "two were on one slot at the same time")
        #expect(refused.load(ordering: .relaxed) == 0, "the return of a loan was refused")
    }

    /// Without a lock, so that nothing keeps the two apart but the word: the machine waits for what it recalled.
    @Test("are recalled in one step, whatever their borrower does at that moment") func recallRace() async {
        let table = table(1)
        let ground = Ground(slots: 1)
        let turns = Atomic<Int>(0)
        let refused = Atomic<Int>(0)
        let missing = Atomic<Int>(0)
        let isBack = Atomic<Bool>(false)
        await Threads.run(2) { number, end in
            var turn = 0
            while turn % 64 != 0 || ContinuousClock.now < end {
                turn += 1
                if number == 0 {
                    let found = table.recall(0)
                    if found != nil, !self.wait(for: isBack, until: end + .seconds(5)) {
                        missing.wrappingAdd(1, ordering: .relaxed)
                    }
                    isBack.store(false, ordering: .relaxed)
                    ground.tread(0, as: number)
                    table.delegate(0)
                } else {
                    guard let loan = table.checkout(owner: 0) else { continue }
                    ground.tread(0, as: number)
                    if !table.checkin(loan) {
                        if !table.takeBack(loan, at: .now) { refused.wrappingAdd(1, ordering: .relaxed) }
                        isBack.store(true, ordering: .releasing)
                    }
                }
                turns.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(missing.load(ordering: .relaxed) == 0, "a loan that was recalled had ended already")
        #expect(refused.load(ordering: .relaxed) == 0, "a slot was recalled as idle from its holder")
        #expect(ground.disturbed == 0 && ground.loans == turns.load(ordering: .relaxed), "two were on one slot")
    }

    private func wait(for flag: borrowing Atomic<Bool>, until deadline: ContinuousClock.Instant) -> Bool {
        var looks = 0
        while !flag.load(ordering: .acquiring) {
            looks += 1
            if looks % 1_024 == 0 {
                if ContinuousClock.now > deadline { return false }
                sched_yield()
            }
        }
        return true
    }

    @Test("refuse every token but the present loan's, by either way (F51)") func staleTokens() {
        let table = table(1)
        guard let first = table.checkout(owner: 0), table.checkin(first), let second = table.checkout(owner: 0) else {
            return #expect(Bool(false), "the slot can't be lent twice")
        }
        #expect(!table.checkin(first))
        #expect(!table.takeBack(first, at: .now))
        #expect(table.isCurrent(second) && !table.isCurrent(first))
        _ = table.recall(0)
        #expect(!table.checkin(first) && !table.takeBack(first, at: .now) && !table.checkin(second))
        #expect(table.takeBack(second, at: .now))
        #expect(!table.takeBack(second, at: .now))
        let third = table.lend(0, at: .now)
        #expect(!table.takeBack(second, at: .now))
        table.revoke(0)
        #expect(!table.takeBack(third, at: .now) && !table.checkin(third))
    }
}
