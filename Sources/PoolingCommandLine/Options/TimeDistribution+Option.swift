internal import PoolingTestKit

extension TimeDistribution {
    /// "5ms", "exponential:5ms", "lognormal:5ms,1.0".
    /// - Throws: ``CommandFailure`` that names the option.
    init(option: String, _ text: String) throws(CommandFailure) {
        let failure = CommandFailure.usage(
            "\(option) \(text): must be a time (5ms), exponential:5ms by the mean, or lognormal:5ms,1.0 by the median and "
                + "the spread of the logarithm")
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            guard let time = DurationText.parse(text) else { throw failure }
            self = .constant(time.nanoseconds)
            return
        }
        let numbers = parts[1].split(separator: ",", omittingEmptySubsequences: false)
        guard let first = numbers.first, let time = DurationText.parse(String(first)), time > .zero else {
            throw failure
        }
        switch (parts[0], numbers.count) {
        case ("exponential", 1): self = .exponential(mean: time.nanoseconds)
        case ("lognormal", 2):
            guard let sigma = Double(numbers[1]), sigma >= 0, sigma <= 5 else { throw failure }
            self = .lognormal(median: time.nanoseconds, sigma: sigma)
        default: throw failure
        }
    }
}
