import PoolingCore

/// One connection of the simulated driver, and what is known of it from outside of the pool.
///
/// Sendable because everything but the gate is touched on the simulation's thread only.
final class SimulatedConnection: @unchecked Sendable {
    enum Stage {
        case open, closed, detached
    }

    let number: Int
    let gate = LoanGate()
    var stage = Stage.open
    /// What the driver does with it.
    var call: DriverCall?
    /// Whose it is at present.
    var loan: LoanID?
    /// What its last borrower, or the server, has done to it.
    var condition = ConnectionCondition.ready
    /// A borrower's session was prepared since the last loan.
    var isPrepared = false
    /// When it was last seen to work.
    var touched: MonotonicInstant
    /// A borrower of it may have said that it is unfit.
    var isDiscarded = false

    init(number: Int, at now: MonotonicInstant) {
        self.number = number
        touched = now
    }
}

/// A borrower's view of a connection: refuses once the loan has ended.
struct SimulatedHandle: Sendable {
    let connection: SimulatedConnection
    let loan: LoanID

    func use() throws(PoolError) {
        try connection.gate.enter(loan)
        connection.gate.leave(loan)
    }
}
