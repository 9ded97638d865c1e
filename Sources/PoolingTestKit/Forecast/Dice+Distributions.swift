#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension Dice {
    /// In (0, 1].
    mutating func uniform() -> Double { (Double(word() >> 11) + 1) / Double(UInt64(1) << 53) }

    /// Of mean 1.
    mutating func exponential() -> Double { -log(uniform()) }

    /// Of mean 0 and deviation 1.
    mutating func normal() -> Double { (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()) }

    /// In nanoseconds.
    mutating func time(_ distribution: TimeDistribution) -> Int64 {
        let span =
            switch distribution {
            case .constant(let time): Double(time)
            case .exponential(let mean): exponential() * Double(mean)
            case .lognormal(let median, let sigma): exp(normal() * sigma) * Double(median)
            }
        // A century is as good as longer.
        return Int64(Swift.min(span, 3e18))
    }
}
