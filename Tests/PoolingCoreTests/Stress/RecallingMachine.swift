import Foundation

@testable import PoolingCore

/// As much of the state machine as passes slots on: it recalls all of them under its lock, keeps what is idle for a
/// moment, and gives everything away again.
final class RecallingMachine: Sendable {
    struct Books: Sendable {
        var isDelegated: [Bool]
        var trodden = 0
        var recalledIdle = 0
        var recalledLoans = 0
        /// Recalled while on loan, and found idle before they came back.
        var overwritten = 0
        var refused = 0
        var stale = 0
    }

    let table: SlotTable
    let ground: Ground
    private let state: PoolLock<Books>
    private let slots: Int

    init(table: SlotTable, slots: Int) {
        self.table = table
        self.slots = slots
        ground = Ground(slots: slots)
        state = PoolLock(Books(isDelegated: Array(repeating: true, count: slots)))
    }

    var books: Books { state.withLock { $0 } }

    /// Recalls everything; if `patience` is given, when a slot has been on loan for that many looks, so that the recall
    /// meets loans at every moment of theirs.
    func recallAll(patience: Int = 0) {
        if patience > 0 {
            var looks = 0
            while table.isIdle(0), looks < 1_000 { looks += 1 }
            looks = 0
            while !table.isIdle(0), looks < patience { looks += 1 }
        }
        state.withLock { books in
            for slot in 0..<slots {
                guard books.isDelegated[slot] else {
                    if table.isIdle(slot) { books.overwritten += 1 }
                    continue
                }
                guard table.recall(slot) == nil else {
                    books.recalledLoans += 1
                    books.isDelegated[slot] = false
                    continue
                }
                books.recalledIdle += 1
                keep(slot, &books)
            }
        }
    }

    /// The machine is its holder while it owns it.
    private func keep(_ slot: Int, _ books: inout Books) {
        ground.tread(slot, as: 0)
        books.trodden += 1
        table.delegate(slot)
        books.isDelegated[slot] = true
    }

    /// One loan, and an attempt to give it back twice.
    /// - Returns: whether there was one.
    func borrow(as number: Int, turn: Int) -> Bool {
        guard let loan = table.checkout(owner: UInt(number)) else { return false }
        ground.tread(loan.slot, as: number)
        // Now and then others run while this one holds the slot, or the recall would meet few loans on few processors.
        if turn % 8 == 0 { sched_yield() }
        if !table.checkin(loan) {
            state.withLock { books in
                if table.takeBack(loan, at: .now) { keep(loan.slot, &books) } else { books.refused += 1 }
            }
        }
        if table.checkin(loan) { state.withLock { $0.stale += 1 } }
        if turn % 64 == 0 { state.withLock { if table.takeBack(loan, at: .now) { $0.stale += 1 } } }
        return true
    }

    func count(loans: Int) { state.withLock { $0.trodden += loans } }
}
