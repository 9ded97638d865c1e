/// What borrowers' commands have left in a connection's session, as far as it can be told from the commands themselves.
struct RedisSession: OptionSet {
    let rawValue: UInt8

    static let transaction = RedisSession(rawValue: 1)
    static let watches = RedisSession(rawValue: 2)
    static let subscriptions = RedisSession(rawValue: 4)
    /// The database, the user, the client's name, tracking.
    static let settings = RedisSession(rawValue: 8)

    /// Before a command is sent: it counts as done whatever comes back, since an error says little about what went before
    /// it in a transaction.
    mutating func begin(_ effect: RedisCommand.Effect) {
        switch effect {
        case .opensTransaction: insert(.transaction)
        case .watches: insert(.watches)
        case .subscribes: insert(.subscriptions)
        case .changes: insert(.settings)
        case .endsTransaction, .discardsTransaction, .unwatches, .isRefused, .none: break
        }
    }

    mutating func end(_ effect: RedisCommand.Effect, _ reply: RESPValue) {
        var isError = false
        if case .error = reply { isError = true }
        switch effect {
        // One that fails discards its transaction.
        case .endsTransaction: subtract([.transaction, .watches])
        case .discardsTransaction where !isError: subtract([.transaction, .watches])
        // In a transaction it is only queued; then the transaction makes the session dirty.
        case .unwatches where !isError: remove(.watches)
        default: break
        }
    }
}
