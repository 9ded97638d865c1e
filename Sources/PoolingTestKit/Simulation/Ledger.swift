package import PoolingCore

/// An account of connections, loans and waiters that is kept from what the machine says and does alone, never from its
/// own books; where the two differ, one of them is wrong.
package final class Ledger {
    package struct Connection {
        package enum Stage: Sendable, Hashable {
            case opening, open, closing, gone, detached
        }

        package var id: ConnectionID
        package var slot: Int
        package var stage = Stage.opening
        package var generation: UInt64
        package var openedAt = MonotonicInstant(nanoseconds: .min)
        package var provedAt = MonotonicInstant(nanoseconds: .min)
        /// When the last loan ended.
        package var usedAt = MonotonicInstant(nanoseconds: .min)
        package var loan: LoanID?
        /// What the driver does with it.
        package var call: DriverCall?
        /// Dirt that the model plants: what the last borrower left behind.
        package var needsReset = false
        package var needsProof = false
        package var isBroken = false
        package var isCondemned = false
        package var uses = 0
    }

    package struct Waiter {
        package enum Stage: Sendable, Hashable {
            case reserved, queued, preparing, warming, resolved
        }

        package var id: WaiterID
        package var stage = Stage.reserved
        package var level = 1
        /// Place in the queue; smaller is nearer to the front.
        package var order: Int64 = 0
        package var since = MonotonicInstant(nanoseconds: 0)
        package var deadline = MonotonicInstant.distantFuture
        package var task: UInt = 0
    }

    /// By identity less one.
    @exclusivity(unchecked) package private(set) var connections: [Connection] = []
    /// The connection of each slot, as an index into ``connections``.
    @exclusivity(unchecked) package private(set) var bySlot: [Int?] = []
    /// By index of the identity.
    @exclusivity(unchecked) package internal(set) var waiters: [Waiter] = []
    /// Those who wait, in no order that matters.
    @exclusivity(unchecked) package internal(set) var pending: [WaiterID] = []
    @exclusivity(unchecked) package var generation: UInt64 = 0
    /// The largest `maxUses` so far: a connection that has had more loans than a new setting allows goes at its next
    /// return.
    @exclusivity(unchecked) package var mostUses = 0
    @exclusivity(unchecked) package private(set) var problems: [String] = []

    @exclusivity(unchecked) package private(set) var opening = 0
    @exclusivity(unchecked) package private(set) var open = 0
    @exclusivity(unchecked) package private(set) var closing = 0
    @exclusivity(unchecked) package private(set) var created = 0
    @exclusivity(unchecked) package private(set) var closed = 0
    @exclusivity(unchecked) package private(set) var detached = 0
    @exclusivity(unchecked) package private(set) var lent = 0
    /// The number of the latest loan of each slot.
    @exclusivity(unchecked) private var sequences: [UInt64] = []
    @exclusivity(unchecked) var nextOrder: Int64 = 0
    @exclusivity(unchecked) var frontOrder: Int64 = 0

    package init() {}

    package var total: Int { opening + open + closing }

    package func problem(_ sentence: String) { problems.append(sentence) }

    package func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        if !condition { problems.append(sentence()) }
    }

    package func connection(of slot: Int) -> Connection? {
        guard slot < bySlot.count, let index = bySlot[slot] else { return nil }
        return connections[index]
    }

    func update(_ slot: Int, _ change: (inout Connection) -> Void) {
        guard slot < bySlot.count, let index = bySlot[slot] else { return problem("slot \(slot) has no connection") }
        change(&connections[index])
    }

    package func waiter(_ id: WaiterID) -> Waiter? {
        let index = Int(id.index)
        guard index < waiters.count, waiters[index].id == id else { return nil }
        return waiters[index]
    }

    // MARK: - Connections (conservation)

    package func connectStarted(_ id: ConnectionID, slot: Int) {
        require(Int(id.rawValue) == connections.count + 1, "connection \(id) is not the next")
        while bySlot.count <= slot {
            bySlot.append(nil)
            sequences.append(0)
        }
        require(bySlot[slot] == nil, "a connect was started in slot \(slot), which is taken")
        bySlot[slot] = connections.count
        connections.append(Connection(id: id, slot: slot, generation: generation, call: .connect))
        opening += 1
    }

    package func connectEnded(_ slot: Int, well: Bool, at now: MonotonicInstant) {
        update(slot) { connection in
            connection.call = nil
            connection.stage = well ? .open : .gone
            connection.openedAt = now
            connection.provedAt = now
            connection.usedAt = now
        }
        opening -= 1
        if well {
            open += 1
            created += 1
        } else {
            bySlot[slot] = nil
        }
    }

    package func callStarted(_ call: DriverCall, slot: Int, id: ConnectionID) {
        guard let connection = connection(of: slot), connection.id == id else {
            return problem("\(call) was called for \(id), which is not in slot \(slot)")
        }
        require(connection.stage == .open, "\(call) was called for \(id), which is \(connection.stage)")
        require(connection.loan == nil, "\(call) was called for \(id), which is on loan")
        require(connection.call == nil, "\(call) was called for \(id) during \(connection.call.map { "\($0)" } ?? "")")
        update(slot) { $0.call = call }
        if call == .close {
            update(slot) { $0.stage = .closing }
            open -= 1
            closing += 1
        }
    }

    package func callEnded(_ call: DriverCall, slot: Int, well: Bool, at now: MonotonicInstant) {
        update(slot) { connection in
            connection.call = nil
            guard well else { return }
            if call == .validate {
                connection.provedAt = now
                connection.needsProof = false
            }
            if call == .reset { connection.needsReset = false }
        }
        if !well, call == .validate || call == .reset || call == .prepare { update(slot) { $0.isBroken = true } }
    }

    package func closeEnded(_ slot: Int) {
        update(slot) { connection in
            connection.call = nil
            connection.stage = .gone
        }
        bySlot[slot] = nil
        closing -= 1
        closed += 1
    }

    /// The pool has given up on the call; its place is free, and whatever is there is closed by the shell.
    package func abandoned(_ slot: Int, id: ConnectionID) {
        guard let connection = connection(of: slot), connection.id == id else {
            return problem("\(id) was abandoned, which is not in slot \(slot)")
        }
        switch connection.stage {
        case .opening: opening -= 1
        case .open:
            open -= 1
            closed += 1
        case .closing:
            closing -= 1
            closed += 1
        case .gone, .detached: problem("\(id) was abandoned, which is \(connection.stage)")
        }
        update(slot) { $0.stage = .gone }
        bySlot[slot] = nil
    }

    package func recycled(_ scope: RecycleScope) {
        switch scope {
        case .all: generation += 1
        case .idle: break
        case .connection(let id):
            let index = Int(id.rawValue) - 1
            if connections.indices.contains(index) { connections[index].isCondemned = true }
        }
    }

    // MARK: - Loans (exclusivity, cleanliness)

    package func loanBegan(
        _ loan: LoanID, settings: Settings, wasPrepared: Bool, at now: MonotonicInstant
    ) {
        let slot = loan.slot
        guard let connection = connection(of: slot) else { return problem("loan \(loan) of an empty slot") }
        require(loan.sequence > sequences[slot], "loan \(loan) was given before")
        sequences[slot] = loan.sequence
        require(connection.loan == nil, "\(connection.id) was lent twice")
        require(connection.stage == .open, "\(connection.id) was lent while \(connection.stage)")
        require(connection.call == nil, "\(connection.id) was lent during \(connection.call.map { "\($0)" } ?? "")")
        checkFitness(connection, settings: settings, wasPrepared: wasPrepared, at: now)
        update(slot) { connection in
            connection.loan = loan
            connection.uses += 1
        }
        lent += 1
    }

    package func checkFitness(
        _ connection: Connection, settings: Settings, wasPrepared: Bool, at now: MonotonicInstant
    ) {
        let id = connection.id
        require(!connection.needsReset, "\(id) was lent dirty")
        require(!connection.needsProof, "\(id), suspect, was lent without proof")
        require(!connection.isBroken, "\(id), broken, was lent")
        require(connection.generation == generation, "\(id) of generation \(connection.generation) was lent")
        require(!connection.isCondemned, "\(id) was lent after it had been recycled")
        let most = mostUses
        require(connection.uses < most, "\(id) was lent more than \(most) times")
        if wasPrepared { return }
        switch settings.validation {
        case .never: break
        case .always: require(connection.provedAt == now, "\(id) was lent without proof")
        case .afterIdle(let limit):
            let idle = now - Swift.max(connection.usedAt, connection.provedAt)
            require(idle <= limit, "\(id) was lent unproved after \(idle) ns")
        }
    }

    package func loanEnded(_ slot: Int, _ outcome: ReturnOutcome, at now: MonotonicInstant) {
        guard let connection = connection(of: slot), connection.loan != nil else {
            return problem("a loan of slot \(slot) ended that had not begun")
        }
        lent -= 1
        update(slot) { connection in
            connection.loan = nil
            connection.usedAt = now
            switch outcome {
            case .ready: break
            case .dirty: connection.needsReset = true
            case .suspect: connection.needsProof = true
            case .broken, .discarded: connection.isBroken = true
            case .detached: connection.stage = .detached
            }
        }
        if outcome == .detached {
            bySlot[slot] = nil
            open -= 1
            detached += 1
        }
    }
}
