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

    /// Of the same shape.
    func scaled(toMean mean: Int64) -> TimeDistribution {
        switch self {
        case .constant: .constant(mean)
        case .exponential: .exponential(mean: mean)
        case .lognormal(_, let sigma): .lognormal(median: Int64(Double(mean) / exp(sigma * sigma / 2)), sigma: sigma)
        }
    }
}
