public import Histogram
internal import PoolingTestKit

/// What one client saw. Each has its own, so that recording shares nothing; they are merged at the end.
@usableFromInline struct ClientRecord: Sendable {
    /// Nanoseconds from the end of the operation before to the end of this one; to 0.1 %.
    @usableFromInline var latency = Histogram<UInt32>(highestTrackableValue: Self.longest)
    /// The part of it until there was a connection.
    @usableFromInline var acquire = Histogram<UInt32>(highestTrackableValue: Self.longest)
    @usableFromInline var operations = 0
    /// What ended in each part of the run: how much the parts differ is how sure their sum is.
    @usableFromInline var parts = [Part](repeating: Part(), count: RunClock.parts)
    @usableFromInline var errors = 0
    @usableFromInline var firstError: (any Error)?
    /// Connections that the client opened itself.
    @usableFromInline var connects = 0
    @usableFromInline var random: UInt64
    @usableFromInline let clock: RunClock

    /// About 137 s; what takes longer counts as that.
    @usableFromInline static var longest: UInt64 { 1 << 37 }

    /// A client that never suspends lets others run after this many operations.
    @usableFromInline static var operationsPerTurn: Int { 8 }

    @usableFromInline struct Part: Sendable {
        @usableFromInline var operations = 0
        /// Nanoseconds until there was a connection, of all of them together.
        @usableFromInline var wait: Int64 = 0
        @usableFromInline init() {}
    }

    init(client: Int, clock: RunClock) {
        // Mixed: SplitMix64 goes on by a constant step, and seeds that are steps apart give the same numbers a step later.
        var dice = Dice(seed: UInt64(client) &+ 1)
        random = dice.word()
        self.clock = clock
    }

    /// SplitMix64: the same rows in every run, others for every client.
    @inlinable mutating func nextChoice() -> UInt64 {
        random &+= 0x9E37_79B9_7F4A_7C15
        var z = random
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// An operation has ended.
    @inlinable mutating func count(from began: Int64, acquired: Int64, to ended: Int64) {
        guard ended >= clock.begin, ended < clock.end else { return }
        tally(wait: acquired &- began, at: ended)
        latency.record(min(UInt64(truncatingIfNeeded: max(ended - began, 0)), Self.longest))
        acquire.record(min(UInt64(truncatingIfNeeded: max(acquired - began, 0)), Self.longest))
    }

    /// Adds an operation to its part of the run. Both numbers of a part lie side by side, so that the wait costs one more
    /// addition to a line of the cache that is there already.
    @inlinable mutating func tally(wait: Int64, at ended: Int64) {
        operations += 1
        let part = clock.part(at: ended)
        parts[part].operations &+= 1
        parts[part].wait &+= max(wait, 0)
    }

    /// An operation has failed. Those of the warm-up count too: they say that something is wrong.
    @inlinable @inline(never) mutating func fail(_ error: any Error) {
        errors += 1
        if firstError == nil { firstError = error }
    }
}
