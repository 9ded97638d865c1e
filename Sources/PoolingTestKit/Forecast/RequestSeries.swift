/// Requests at random moments, as from many users who know nothing of each other (a Poisson process): the same ones in
/// every run, so that what is foretold and what is measured differ in nothing that chance decides.
package struct RequestSeries: Sendable {
    package struct Request: Sendable, Hashable {
        /// Nanoseconds after the first.
        package var arrival: Int64
        /// What else is to be chosen is chosen by this.
        package var choice: UInt64
    }

    private let meanGap: Double
    private var dice: Dice
    private var arrival: Int64 = 0

    /// - Parameter rate: requests per second.
    package init(rate: Double, seed: UInt64) {
        meanGap = 1e9 / rate
        dice = Dice(seed: seed)
    }

    package mutating func next() -> Request {
        let request = Request(arrival: arrival, choice: dice.word())
        let (sum, overflow) = arrival.addingReportingOverflow(Int64(Swift.min(dice.exponential() * meanGap, 1e15)))
        arrival = overflow ? .max : sum
        return request
    }
}

extension TimeDistribution {
    /// Nanoseconds. The same number draws the same time; what else is chosen by it is chosen independently.
    package func drawn(by choice: UInt64) -> Int64 {
        var dice = Dice(seed: choice)
        return dice.time(self)
    }
}
