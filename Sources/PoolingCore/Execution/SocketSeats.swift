internal import Synchronization

/// A socket's place in the tables of all event loops: a small integer, given out again when the socket is gone.
///
/// `number` counts the waits of everybody who ever had the place, so that an event which was on its way when its wait
/// ended, or its socket was closed, fits no later wait.
struct SocketSeat: Sendable {
    let index: UInt32
    var number: UInt32

    /// What a socket is armed with for its present wait.
    var token: UInt64 { UInt64(index) << 32 | UInt64(number) }

    static func index(of token: UInt64) -> Int { Int(token >> 32) }
    static func number(of token: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: token) }

    private struct Register {
        var free: [SocketSeat] = []
        var count: UInt32 = 0
    }
    private static let register = Mutex(Register())

    static func take() -> SocketSeat {
        register.withLock { register in
            if let seat = register.free.popLast() { return seat }
            defer { register.count += 1 }
            return SocketSeat(index: register.count, number: 0)
        }
    }

    consuming func giveBack() {
        let seat = self
        Self.register.withLock { $0.free.append(seat) }
    }
}
