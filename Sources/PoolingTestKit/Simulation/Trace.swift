package import PoolingCore

/// What happened in a simulation: a hash (FNV-1a over 64-bit words) of everything, and lines if they are asked for.
package struct Trace: Sendable {
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    package let keepsLines: Bool
    package private(set) var lines: [String] = []

    package init(keepsLines: Bool) { self.keepsLines = keepsLines }

    package mutating func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0x0000_0100_0000_01B3
    }

    package mutating func mix(_ kind: UInt64, _ a: Int64, _ b: Int64 = 0) {
        mix(kind)
        mix(UInt64(bitPattern: a))
        mix(UInt64(bitPattern: b))
    }

    package mutating func line(_ text: @autoclosure () -> String) {
        if keepsLines { lines.append(text()) }
    }

    package mutating func event(_ event: MachineEvent, at now: MonotonicInstant, step: Int) {
        mix(UInt64(step), now.nanoseconds)
        switch event {
        case .started: mix(1)
        case .acquire(let id, let request): mix(2, Int64(id.index), request.deadline.nanoseconds)
        case .warm(let id, _): mix(3, Int64(id.index))
        case .cancelled(let id): mix(4, Int64(id.index))
        case .released(let slot, _): mix(5, Int64(slot))
        case .connected(let operation): mix(6, operation)
        case .connectFailed(let operation): mix(7, operation)
        case .succeeded(let operation): mix(8, operation)
        case .failed(let operation): mix(9, operation)
        case .refused(let operation): mix(35, operation)
        case .closed(let operation): mix(10, operation)
        case .abandonedEnded: mix(11)
        case .timer: mix(12)
        case .applied(let settings): mix(13, Int64(settings.min), Int64(settings.max))
        case .suspended: mix(14)
        case .resumed: mix(15)
        case .recycled: mix(16)
        case .distrusted(let slot): mix(17, Int64(slot))
        case .shutdown(let deadline): mix(18, deadline.nanoseconds)
        }
        line("\(step) +\(now.nanoseconds - Simulation.origin.nanoseconds) \(Self.text(event))")
    }

    package mutating func action(_ action: MachineAction) {
        switch action {
        case .grant(let id, let slot, let loan, let waited, _):
            mix(21, Int64(id.index), Int64(slot))
            mix(loan.rawValue)
            mix(UInt64(bitPattern: waited))
        case .refuse(let id, let refusal, let waited):
            mix(22, Int64(id.index), waited)
            mix(Self.code(refusal))
        case .warmed(let id): mix(23, Int64(id.index))
        case .connect(let operation, _): mix(24, operation)
        case .validate(let operation, _): mix(25, operation)
        case .reset(let operation, _): mix(26, operation)
        case .prepare(let operation, _, _): mix(27, operation)
        case .cancel(let operation): mix(28, operation)
        case .close(let operation, _, let reason, _, let age):
            mix(29, operation)
            mix(UInt64(reason.code.rawValue), age)
        case .abandon(let operation, _): mix(30, operation)
        case .suspectLeak(_, let slot, let age): mix(34, Int64(slot), age)
        case .outageBegan: mix(31)
        case .outageEnded: mix(32)
        case .shutDown: mix(33)
        }
        line("    → \(action)")
    }

    private mutating func mix(_ kind: UInt64, _ operation: Operation) {
        mix(kind, Int64(operation.slot), Int64(operation.number))
    }

    private static func code(_ refusal: Refusal) -> UInt64 {
        switch refusal {
        case .timedOut: 1
        case .cancelled: 2
        case .queueFull: 3
        case .suspended: 4
        case .shutDown: 5
        case .outage: 6
        case .nested: 7
        case .unavailable: 8
        case .unprepared: 9
        }
    }

    private static func text(_ event: MachineEvent) -> String {
        if case .applied(let s) = event { return "applied(min: \(s.min), max: \(s.max), …)" }
        return "\(event)"
    }
}
