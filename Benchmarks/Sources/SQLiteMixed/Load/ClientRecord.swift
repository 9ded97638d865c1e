internal import Histogram

/// What one client saw. Each has its own, so that recording shares nothing; they are merged at the end.
struct ClientRecord: Sendable {
    let role: Role
    /// Counted from 0 within its role.
    let number: Int
    let clock: RunClock
    /// Nanoseconds from the end of the operation before to the end of this one: a client is always in exactly one
    /// operation, so that waiting for a thread counts as much as waiting for a connection or a lock.
    private(set) var latency = Histogram<UInt32>(highestTrackableValue: Self.longest)
    /// The part of it until there was a transaction.
    private(set) var wait = Histogram<UInt32>(highestTrackableValue: Self.longest)
    /// Ended within the time that counts.
    private(set) var operations = 0
    /// Ended without error at any time, the warm-up included.
    private(set) var acknowledged = 0
    private(set) var errors: [String: Int] = [:]
    private(set) var firstError: String?
    private var random: UInt64

    enum Role: Sendable { case reader, writer }

    /// About 137 s; what takes longer counts as that.
    private static let longest: UInt64 = 1 << 37

    init(role: Role, number: Int, clock: RunClock) {
        self.role = role
        self.number = number
        self.clock = clock
        // Mixed: the generator walks in equal steps, so that seeds in a row would be the same walk begun a step later.
        random = Self.mixed(UInt64(number) &* 2 &+ (role == .reader ? 1 : 2))
    }

    /// SplitMix64: the same keys in every run, others for every client.
    mutating func nextKey() -> Int64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        let keys = UInt64(Dataset.rows) - UInt64(Work.span) + 1
        return 1 + Int64(truncatingIfNeeded: ((Self.mixed(random) >> 32) &* keys) >> 32)
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    var nextEntry: LogEntry { LogEntry(writer: number, sequence: acknowledged) }

    mutating func count(from began: Int64, granted: Int64, to ended: Int64) {
        acknowledged += 1
        guard ended >= clock.begin else { return }
        if ended < clock.end { operations += 1 }
        // One that has only ended after the end counts here all the same: else who is starved would have no long wait.
        latency.record(Self.span(from: began, to: ended))
        wait.record(Self.span(from: began, to: granted))
    }

    mutating func fail(_ error: any Error) {
        errors[ErrorName(error).text, default: 0] += 1
        if firstError == nil { firstError = "\(error)" }
    }

    private static func span(from began: Int64, to ended: Int64) -> UInt64 {
        min(UInt64(truncatingIfNeeded: max(ended - began, 0)), longest)
    }
}
