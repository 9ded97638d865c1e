import PoolingCore

/// The kinds of call that the pool makes of a driver.
package enum DriverCall: Int, Sendable, Hashable, CaseIterable {
    case connect, validate, prepare, reset, close
}

/// How one driver call goes.
package enum CallOutcome: Sendable, Hashable {
    case ends(after: Int64, well: Bool)
    /// Not before it is given up on, and perhaps not then.
    case never
}

/// A server whose health changes, as its clients' calls see it.
package struct SimulatedServer: Sendable {
    package enum Phase: Sendable, Hashable {
        case up
        case down
        /// Every so many-th call fails, in percent.
        case flaky(Int)
        /// Ten times slower than usual, sometimes beyond every deadline.
        case slow
        /// Nothing answers.
        case silent
    }

    package var phase = Phase.up
    /// From now on everything works.
    package var isHealed = false
    /// What a connect takes when all is well, nanoseconds.
    package var connectTime: Int64
    package var callTime: Int64

    package init(connectTime: Int64, callTime: Int64) {
        self.connectTime = connectTime
        self.callTime = callTime
    }

    package mutating func changePhase(_ dice: inout Dice) {
        switch dice.below(10) {
        case 0...4: phase = .up
        case 5, 6: phase = .down
        case 7: phase = .flaky(10 + dice.below(80))
        case 8: phase = .slow
        default: phase = .silent
        }
    }

    package func outcome(of call: DriverCall, _ dice: inout Dice) -> CallOutcome {
        let usual = call == .connect ? connectTime : callTime
        let span = dice.chance(10) ? 0 : dice.span(usual / 2, usual * 2)
        // Within every timeout that a script may set.
        if isHealed { return .ends(after: Swift.min(span, 3_000_000), well: true) }
        switch phase {
        case .up: return dice.chance(perMille: 4) ? .never : .ends(after: span, well: !dice.chance(1))
        case .down: return .ends(after: span / 4, well: call == .close)
        case .flaky(let percent): return .ends(after: span, well: call == .close || !dice.chance(percent))
        case .slow: return dice.chance(10) ? .never : .ends(after: span * 10, well: !dice.chance(10))
        case .silent: return dice.chance(80) ? .never : .ends(after: span, well: dice.chance(50))
        }
    }

    /// What a call that is told to stop does; `.never`: it ignores that.
    package func outcomeOfCancelling(_ dice: inout Dice) -> CallOutcome {
        switch dice.below(10) {
        case 0: .ends(after: dice.milliseconds(0, 90), well: true)
        case 1, 2, 3: .never
        default: .ends(after: dice.chance(50) ? 0 : dice.milliseconds(0, 120), well: false)
        }
    }

    /// What a call that was given up on does in the end.
    package func outcomeOfAbandoning(_ dice: inout Dice) -> CallOutcome {
        dice.chance(30) ? .never : .ends(after: dice.milliseconds(0, 3000), well: dice.chance(50))
    }
}
