internal import Foundation
internal import PoolingTestKit

extension TimeDistribution {
    /// Nanoseconds.
    var mean: Double {
        switch self {
        case .constant(let time): Double(time)
        case .exponential(let mean): Double(mean)
        // e^(σ²/2) above the median.
        case .lognormal(let median, let sigma): Double(median) * exp(sigma * sigma / 2)
        }
    }
}
