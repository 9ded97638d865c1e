import PoolingCore

/// The simulator's only source of chance: the same rolls for the same seed in every process.
package struct Dice: Sendable {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    package mutating func word() -> UInt64 { generator.next() }

    /// 0 ..< `bound`; 0 for a bound of one or less.
    package mutating func below(_ bound: Int) -> Int {
        bound > 1 ? Int(truncatingIfNeeded: generator.next() % UInt64(bound)) : 0
    }

    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    package mutating func chance(perMille: Int) -> Bool { below(1000) < perMille }

    /// `low` ... `high`, in nanoseconds or any other unit.
    package mutating func span(_ low: Int64, _ high: Int64) -> Int64 {
        low + Int64(truncatingIfNeeded: generator.next() % UInt64(Swift.max(high - low, 0) + 1))
    }

    package mutating func milliseconds(_ low: Int64, _ high: Int64) -> Int64 { span(low * 1_000_000, high * 1_000_000) }

    /// A duration of whole microseconds between two numbers of milliseconds.
    package mutating func duration(_ low: Int64, _ high: Int64) -> Duration {
        .microseconds(span(low * 1000, high * 1000))
    }
}
