/// How many connections are in each state, kept as they change.
package struct StateTally: Sendable, Hashable {
    package var connecting = 0
    package var checking = 0
    package var preparing = 0
    package var delegated = 0
    package var leased = 0
    package var idle = 0
    package var resetting = 0
    package var closing = 0

    /// Open and not on their way out.
    package private(set) var open = 0
    package var total: Int { open + connecting + closing }

    mutating func add(_ change: Int, to state: ConnectionRecord.State) {
        switch state {
        case .vacant: return
        case .connecting:
            connecting += change
            return
        case .closing:
            closing += change
            return
        case .checking: checking += change
        case .preparing: preparing += change
        case .delegated: delegated += change
        case .leased: leased += change
        case .idle: idle += change
        case .resetting: resetting += change
        }
        open += change
    }
}

/// What never goes back, and the operations given up on.
package struct MachineCounters: Sendable {
    package var acquired: UInt64 = 0
    package var acquiredImmediately: UInt64 = 0
    package var released: UInt64 = 0
    /// Grants that never reached their borrowers, and loans of the fast path that did not.
    package var unused: UInt64 = 0
    package var unusedOfFastPath: UInt64 = 0
    package var timedOut: UInt64 = 0
    package var cancelled: UInt64 = 0
    package var rejected: UInt64 = 0
    package var connected: UInt64 = 0
    package var connectFailed: UInt64 = 0
    package var validationFailed: UInt64 = 0
    package var resets: UInt64 = 0
    package var detached: UInt64 = 0
    package var leaked: UInt64 = 0
    package var closedByReason: [UInt64] = Array(repeating: 0, count: CloseReason.Code.allCases.count)
    package var waitTime = DurationTally()
    /// A gauge: operations that ignored their deadline and have not ended.
    package var abandoned = 0

    package var closed: UInt64 { closedByReason.reduce(0, &+) }
}
