import PoolingCore

/// What observers were told, held against what can have happened: each thing once, and in an order that makes sense.
struct ToldEvents {
    private enum Life {
        case opening, open, gone
    }

    /// By connection.
    private var lives: [UInt64: Life] = [:]
    private var givenUp: Set<UInt64> = []
    private var opened = 0
    private var gone = 0
    private var ends = 0
    private(set) var problems: [String] = []

    mutating func hear(_ event: PoolEvent) {
        switch event {
        case .connectStarted(let id): move(id, from: nil, to: .opening, "started")
        case .connectSucceeded(let id, _): move(id, from: .opening, to: .open, "opened")
        case .connectFailed(let id, _, _): move(id, from: .opening, to: .gone, "failed")
        case .closed(let id, _, _):
            // Events are told outside of the lock: a close may be given up on before it is told to have begun.
            if givenUp.contains(id.rawValue) { break }
            move(id, from: .open, to: .gone, "closed")
        case .detached(let id): move(id, from: .open, to: .gone, "detached")
        case .abandoned(let id):
            givenUp.insert(id.rawValue)
            // Whatever was done to it: a close that is given up on was told as a close.
            if lives[id.rawValue] == .opening || lives[id.rawValue] == .open { set(id, .gone) }
        case .acquireGranted(let id, _), .released(let id, _), .validated(let id), .reset(let id):
            if lives[id.rawValue] == .opening || lives[id.rawValue] == nil {
                problems.append("\(event) was told of a connection that is not open")
            }
        case .shutdownEnded: ends += 1
        default: break
        }
    }

    private mutating func move(_ id: ConnectionID, from before: Life?, to after: Life, _ what: String) {
        if lives[id.rawValue] != before { problems.append("\(id) was told to be \(what) out of turn") }
        set(id, after)
    }

    private mutating func set(_ id: ConnectionID, _ life: Life) {
        if lives[id.rawValue] == nil { opened += 1 }
        if life == .gone { gone += 1 }
        lives[id.rawValue] = life
    }

    /// After the end of the pool: what was begun and not ended.
    var leftOpen: [String] {
        var found: [String] = []
        if opened != gone { found.append("\(opened - gone) connections have no end that was told") }
        if ends != 1 { found.append("the end was told \(ends) times") }
        return found
    }
}
