internal import PoolingTestKit

/// How much longer an operation keeps its connection than it needs: a distribution, and how it was typed.
@usableFromInline struct ServiceTime: Sendable {
    var text: String
    var distribution: TimeDistribution

    /// - Throws: ``CommandFailure`` that names the option.
    init(option: String, _ text: String) throws(CommandFailure) {
        self.text = text
        distribution = try TimeDistribution(option: option, text)
    }

    /// The same number draws the same time; what else is chosen by it is chosen independently.
    func drawn(by choice: UInt64) -> Duration {
        .nanoseconds(distribution.drawn(by: choice))
    }
}
