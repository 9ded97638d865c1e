import PoolingCore
import Synchronization
import Testing

@Suite("An operation that overstays its loan", .timeLimit(.minutes(1)))
struct OverstayTests {
    /// What a driver's connection does with its gate and with this.
    private final class Owner: Sendable {
        let gate = LoanGate()
        let overstay = Overstay()
        private let freed = Atomic<Bool>(false)

        var isKnown: Bool { overstay.isKnown }
        var isFreed: Bool { freed.load(ordering: .acquiring) }
        func open(_ loan: LoanID) { gate.open(loan) }

        func enter(_ loan: LoanID) throws(PoolError) { try gate.enter(loan) }
        func leave(_ loan: LoanID) { if !gate.leave(loan) { overstay.ended() } }
        func reclaim() { if !gate.close() { overstay.began() } }

        func close() async {
            if !gate.closeForGood() { overstay.began() }
            await overstay.end()
            freed.store(true, ordering: .releasing)
        }
    }

    private let loan = LoanID(slot: 1, sequence: 1)

    @Test("F61: is waited for by whoever closes the connection")
    func waitedFor() async throws {
        let owner = Owner()
        owner.open(loan)
        try owner.enter(loan)
        let closing = Task { await owner.close() }
        let limit = ContinuousClock.now + .seconds(30)
        while !owner.isKnown, ContinuousClock.now < limit { await Task.yield() }
        #expect(owner.isKnown)
        // However often it gets its turn.
        for _ in 0..<1000 { await Task.yield() }
        #expect(!owner.isFreed)
        owner.leave(loan)
        await closing.value
        #expect(owner.isFreed)
    }

    @Test("is known from the end of the loan on, and stays so when it has ended itself")
    func known() async throws {
        let owner = Owner()
        owner.open(loan)
        try owner.enter(loan)
        #expect(!owner.isKnown)
        owner.reclaim()
        #expect(owner.isKnown)
        owner.leave(loan)
        #expect(owner.isKnown)
        await owner.close()
        #expect(owner.isFreed)
    }

    @Test("keeps nobody waiting where there is none")
    func none() async throws {
        let owner = Owner()
        owner.open(loan)
        try owner.enter(loan)
        owner.leave(loan)
        owner.reclaim()
        #expect(!owner.isKnown)
        await owner.close()
        #expect(owner.isFreed)
    }
}
