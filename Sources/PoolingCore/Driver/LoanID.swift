/// The identity of one loan: a connection's place in the pool and the count of its loans. Never used twice in a pool.
public struct LoanID: Sendable, Hashable, CustomStringConvertible {
    /// 15 bits of place, 48 of sequence, so that one bit is left to ``LoanGate``. Never 0.
    public let rawValue: UInt64

    @inlinable package init(slot: Int, sequence: UInt64) {
        rawValue = UInt64(truncatingIfNeeded: slot) << 48 | (sequence & 0xFFFF_FFFF_FFFF)
    }

    /// For a connection that is used outside of any pool: tests, and the modes of a benchmark.
    public static let unpooled = LoanID(slot: 0x7FFF, sequence: 1)

    @inlinable package var slot: Int { Int(rawValue >> 48) }
    @inlinable package var sequence: UInt64 { rawValue & 0xFFFF_FFFF_FFFF }

    public var description: String { "\(slot).\(sequence)" }
}

/// The identity of one connection for as long as the pool lives.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    public static func < (a: ConnectionID, b: ConnectionID) -> Bool { a.rawValue < b.rawValue }
    public var description: String { "#\(rawValue)" }
}
