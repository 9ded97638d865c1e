package import PoolingCore

/// How long something takes: a distribution over nanoseconds.
package enum TimeDistribution: Sendable, Hashable {
    case constant(Int64)
    case exponential(mean: Int64)
    /// Half of all take less than `median`; sigma is the spread of the logarithm: 1 is a long tail.
    case lognormal(median: Int64, sigma: Double)
}

/// What a ``Forecast`` is made for: a service of several instances, each with a pool, in front of one server.
package struct ForecastScript: Sendable {
    package enum Arrivals: Sendable, Hashable {
        /// At random moments, as from many users who know nothing of each other.
        case poisson
        /// Evenly.
        case constant
    }

    /// Requests that are known one by one: they come as often as ``rate`` says.
    package struct Known: Sendable {
        package var series: RequestSeries
        /// Nanoseconds that each keeps its connection on top of what its choice draws from ``service``.
        package var extraService: Int64

        package init(series: RequestSeries, extraService: Int64) {
            self.series = series
            self.extraService = extraService
        }
    }

    /// Something that holds for a while.
    package struct Phase: Sendable, Hashable {
        package var from: Int64
        package var until: Int64

        package init(from: Int64, until: Int64) {
            self.from = from
            self.until = until
        }

        package func contains(_ instant: Int64) -> Bool { instant >= from && instant < until }
    }

    /// Of each instance's pool.
    package var configuration: PoolConfiguration
    package var instances: Int
    /// Requests per second, of all instances together.
    package var rate: Double
    package var arrivals = Arrivals.poisson
    /// In place of drawn arrivals.
    package var known: Known?
    /// How long a request keeps its connection.
    package var service: TimeDistribution
    /// What a connect takes.
    package var connect: TimeDistribution
    /// What a round trip takes that proves or resets a connection.
    package var roundTrip: Int64 = 500_000
    /// Sessions that the server has room for; more are refused. nil: no limit.
    package var serverLimit: Int?
    /// The server is away: connections break, connects are refused.
    package var outage: Phase?
    /// Requests come `factor` times as often.
    package var surge: (phase: Phase, factor: Double)?
    /// What is looked at, nanoseconds; `warmup` before that is not.
    package var duration: Int64
    package var warmup: Int64 = 0
    package var seed: UInt64 = 1

    package init(
        configuration: PoolConfiguration, instances: Int = 1, rate: Double, service: TimeDistribution,
        connect: TimeDistribution, duration: Int64
    ) {
        self.configuration = configuration
        self.instances = instances
        self.rate = rate
        self.service = service
        self.connect = connect
        self.duration = duration
    }
}
