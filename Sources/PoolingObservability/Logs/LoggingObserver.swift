public import Logging
public import PoolingCore

/// Logs what pools do, through swift-log, with what there is to know as metadata.
///
///     let pool = try Pool(Postgres(url: url), observers: [LoggingObserver(Logger(label: "database"))])
///
/// | level | what |
/// |---|---|
/// | error | an outage begins |
/// | warning | a connect, a reset or a preparation fails; an acquire times out or is refused; a loan is held too long; a driver call is given up on; a shutdown had to use force; a pool is let go of without one |
/// | notice | an outage ends; suspended, resumed |
/// | info | resized; shutdown begins and ends; a connection did not stand its check |
/// | debug | a connect begins, succeeds; a connection is closed, detached; an acquire is cancelled |
/// | trace | waits, loans and their ends, checks and resets that succeed |
///
/// What comes in floods when a database is away (failed connects, timeouts, refusals, failed checks, resets and
/// preparations) is logged at most once in `interval` for each pool and kind; how many were left out is told with the
/// next one as `suppressed`, and at the end of an outage.
///
/// Errors are shown as their drivers describe them, which is without any secret; URLs are never shown.
public struct LoggingObserver: PoolObserver {
    private let logger: Logger
    private let interval: Duration

    /// - Parameters:
    ///   - logger: loans are told only to pools' loggers that let `trace` pass when the pool is made, since every loan pays
    ///     for it.
    ///   - interval: between two of the same kind that come in floods.
    public init(_ logger: Logger = Logger(label: "pooling"), interval: Duration = .seconds(10)) {
        self.logger = logger
        self.interval = interval
    }

    public func observer(of pool: PoolIdentity) -> any PoolObserver {
        PoolLog(logger, of: pool, interval: interval, now: { .now })
    }

    /// Nothing: each pool has an observer of its own.
    public func observe(_ event: PoolEvent, in pool: PoolIdentity) {}
}
