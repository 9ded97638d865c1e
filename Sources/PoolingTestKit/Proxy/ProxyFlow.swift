internal import PoolingCore

/// One direction of a connection: what has been read and may not go on yet.
struct ProxyFlow {
    private struct Piece {
        var bytes: [UInt8]
        var isDueAt: ContinuousClock.Instant
    }

    enum Progress {
        /// Nothing to do before something is read, or before that moment.
        case resting(until: ContinuousClock.Instant?)
        /// The other side takes no more at present.
        case blocked
        /// More can be sent at once.
        case sent
        /// The last byte and the end were passed on.
        case finished
        /// A reset is due: ordered, or come from one of the sides.
        case broken
    }

    /// What is read beyond stays in the system's buffers, and so with whoever sends.
    static let capacity = 8 << 20

    private var pieces: [Piece] = []
    private var first = 0
    private var position = 0
    private var kept = 0
    private var endIsDueAt: ContinuousClock.Instant?
    private(set) var isFinished = false
    /// The bandwidth is used up until then.
    private var isFreeAt = ContinuousClock.now
    private var untilCut: Int?
    private var cuts = -1
    private(set) var isBlocked = false

    var wantsMore: Bool { endIsDueAt == nil && kept < Self.capacity }

    /// Reads what there is.
    /// - Returns: false if the connection is broken.
    mutating func fill(from source: Socket, _ faults: ProxyFaults.Direction, now: ContinuousClock.Instant) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            switch source.receive(into: buffer) {
            case .bytes(let count):
                pieces.append(Piece(bytes: Array(buffer.prefix(count)), isDueAt: now + faults.latency))
                kept += count
            case .end: endIsDueAt = now + faults.latency
            case .notNow: break
            case .failed: return false
            }
            return true
        }
    }

    /// Sends one piece, if it is due.
    mutating func send(
        to destination: Socket, _ faults: ProxyFaults.Direction, cuts: Int, now: ContinuousClock.Instant,
        dice: inout Dice, count: inout Int
    ) -> Progress {
        isBlocked = false
        if self.cuts != cuts {
            self.cuts = cuts
            untilCut = faults.cutAfter
        }
        if isFinished || faults.isHeld { return .resting(until: nil) }
        guard first < pieces.count else {
            guard let endIsDueAt else { return .resting(until: nil) }
            if endIsDueAt > now { return .resting(until: endIsDueAt) }
            destination.finishWriting()
            isFinished = true
            return .finished
        }
        let due = max(pieces[first].isDueAt, faults.bytesPerSecond == nil ? now : isFreeAt)
        if due > now { return .resting(until: due) }
        if untilCut == 0 { return .broken }
        var size = pieces[first].bytes.count - position
        if let largest = faults.largestPiece { size = min(size, 1 + dice.below(largest)) }
        // A fiftieth of a second's worth at a time.
        if let rate = faults.bytesPerSecond { size = min(size, max(rate / 50, 1)) }
        if let untilCut { size = min(size, untilCut) }
        let transfer = pieces[first].bytes.withUnsafeBytes { bytes in
            destination.transmit(UnsafeRawBufferPointer(rebasing: bytes[position..<position + size]))
        }
        switch transfer {
        case .bytes(let sent):
            count += sent
            take(sent)
            if let rate = faults.bytesPerSecond {
                isFreeAt = max(isFreeAt, now) + .nanoseconds(Int64(sent) * 1_000_000_000 / Int64(max(rate, 1)))
            }
            return .sent
        case .notNow:
            isBlocked = true
            return .blocked
        case .end, .failed: return .broken
        }
    }

    private mutating func take(_ count: Int) {
        kept -= count
        position += count
        if let rest = untilCut { untilCut = rest - count }
        guard position == pieces[first].bytes.count else { return }
        pieces[first].bytes = []
        position = 0
        first += 1
        if first > 64 || first == pieces.count {
            pieces.removeFirst(first)
            first = 0
        }
    }
}
