import PoolingCore
import Testing

@Suite("A gate of loans")
struct LoanGateTests {
    private let loan = LoanID(slot: 3, sequence: 7)
    private let next = LoanID(slot: 3, sequence: 8)

    /// What a driver's connection is to its gate.
    private final class Owner: Sendable {
        let gate = LoanGate()
        func open(_ loan: LoanID) { gate.open(loan) }
        func close() -> Bool { gate.close() }
        func closeForGood() -> Bool { gate.closeForGood() }
        func enter(_ loan: LoanID) throws(PoolError) { try gate.enter(loan) }
        func leave(_ loan: LoanID) -> Bool { gate.leave(loan) }
    }

    private func refusal(_ gate: Owner, _ loan: LoanID) -> PoolError.Code? {
        do {
            try gate.enter(loan)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("F61: that was closed for good opens for nobody, whatever the lender does who was under way")
    func closedForGood() throws {
        for isOpen in [false, true] {
            let gate = Owner()
            if isOpen { gate.open(loan) }
            #expect(gate.closeForGood())
            gate.open(next)
            #expect(refusal(gate, next) == .loanEnded)
            #expect(gate.close())
            gate.open(next)
            #expect(refusal(gate, next) == .loanEnded)
        }
    }

    @Test("F51: tells everybody who closes it of the operation that still runs, and nobody afterwards")
    func operationInside() throws {
        let gate = Owner()
        gate.open(loan)
        try gate.enter(loan)
        #expect(!gate.close())
        #expect(!gate.close())
        #expect(!gate.closeForGood())
        #expect(!gate.closeForGood())
        #expect(!gate.leave(loan))
        #expect(gate.close())
        #expect(gate.closeForGood())
        #expect(refusal(gate, loan) == .loanEnded)
    }

    @Test("F51: opens for nobody while an operation of the loan before runs")
    func overstayed() throws {
        let gate = Owner()
        gate.open(loan)
        try gate.enter(loan)
        #expect(!gate.close())
        gate.open(next)
        #expect(refusal(gate, next) == .loanEnded)
        #expect(refusal(gate, loan) == .loanEnded)
        #expect(!gate.leave(loan))
        gate.open(next)
        #expect(refusal(gate, loan) == .loanEnded)
        try gate.enter(next)
        #expect(refusal(gate, next) == .concurrentUse)
        #expect(gate.leave(next))
        #expect(refusal(gate, next) == nil)
    }
}
