internal import Logging
internal import PoolingCore
internal import Synchronization

/// One pool's log.
final class PoolLog: PoolObserver {
    private enum Flood: Hashable { case connects, timeouts, refusals, checks, resets, preparations }

    let interests: PoolEventKinds
    private let logger: Logger
    private let interval: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let brakes = Mutex<[Flood: Brake]>([:])

    init(
        _ logger: Logger, of pool: PoolIdentity, interval: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(pool.name)"
        self.logger = logger
        self.interval = interval
        self.now = now
        interests = logger.logLevel <= .trace ? .all : [.acquires, .connections, .pool]
    }

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        switch event.kind {
        case .loans, .acquires: logAcquire(event)
        case .connections: logConnection(event)
        default: logPool(event)
        }
    }

    private func logAcquire(_ event: PoolEvent) {
        switch event {
        case .acquireWaited(let waiting):
            logger.trace("an acquire waits", metadata: ["waiting": "\(waiting)"])
        case .acquireGranted(let id, let waited):
            logger.trace("a connection was lent", metadata: ["connection": "\(id)", "waited_s": "\(waited.inSeconds)"])
        case .acquireTimedOut(let waited):
            flood(.timeouts, .warning, "an acquire timed out", ["waited_s": "\(waited.inSeconds)"])
        case .acquireCancelled(let waited):
            logger.debug("an acquire was cancelled", metadata: ["waited_s": "\(waited.inSeconds)"])
        case .acquireRejected(.shutDown):
            logger.debug("an acquire was refused", metadata: ["code": "\(PoolError.Code.shutDown)"])
        case .acquireRejected(let code): flood(.refusals, .warning, "an acquire was refused", ["code": "\(code)"])
        case .released(let id, let used):
            logger.trace("a loan ended", metadata: ["connection": "\(id)", "used_s": "\(used.inSeconds)"])
        default: break
        }
    }

    private func logConnection(_ event: PoolEvent) {
        switch event {
        case .connectStarted(let id): logger.debug("a connect begins", metadata: ["connection": "\(id)"])
        case .connectSucceeded(let id, let took):
            logger.debug("a connection is open", metadata: ["connection": "\(id)", "took_s": "\(took.inSeconds)"])
        case .connectFailed(let id, let error, let took):
            flood(
                .connects, .warning, "a connect failed",
                ["connection": "\(id)", "error": "\(error)", "took_s": "\(took.inSeconds)"])
        case .validated(let id): logger.trace("a connection stood its check", metadata: ["connection": "\(id)"])
        case .validationFailed(let id, let error):
            flood(.checks, .info, "a connection did not stand its check", ["connection": "\(id)", "error": "\(error)"])
        case .reset(let id): logger.trace("a connection was reset", metadata: ["connection": "\(id)"])
        case .resetFailed(let id, let error):
            flood(.resets, .warning, "a connection could not be reset", ["connection": "\(id)", "error": "\(error)"])
        case .prepareFailed(let id, let error):
            flood(
                .preparations, .warning, "a connection could not be prepared",
                ["connection": "\(id)", "error": "\(error)"])
        case .closed(let id, let reason, let age):
            logger.debug(
                "a connection is closed",
                metadata: ["connection": "\(id)", "reason": "\(reason)", "age_s": "\(age.inSeconds)"])
        case .detached(let id): logger.debug("a connection has left the pool", metadata: ["connection": "\(id)"])
        case .abandoned(let id):
            logger.warning("a driver call ignored its deadline and was given up on", metadata: ["connection": "\(id)"])
        default: break
        }
    }

    private func logPool(_ event: PoolEvent) {
        switch event {
        case .leakSuspected(let id, let age, let site):
            let place = site.map { "\($0)" } ?? "unknown"
            logger.warning(
                "a connection has been on loan for longer than leakThreshold",
                metadata: ["connection": "\(id)", "age_s": "\(age.inSeconds)", "lent_at": "\(place)"])
        case .resized(let min, let max):
            logger.info("the pool has other sizes", metadata: ["min": "\(min)", "max": "\(max)"])
        case .suspended: logger.notice("the pool is suspended")
        case .resumed: logger.notice("the pool is resumed")
        case .outageBegan: logger.error("an outage begins: no connection is open, and none can be opened")
        case .outageEnded:
            let suppressed = brakes.withLock { $0[.connects, default: Brake()].release() }
            logger.notice("the outage is over", metadata: suppressed > 0 ? ["suppressed": "\(suppressed)"] : nil)
        case .shutdownBegan: logger.info("the pool shuts down")
        case .shutdownEnded(let report):
            logger.log(
                level: report.isClean ? .info : .warning,
                report.isClean ? "the pool has shut down" : "the pool has shut down by force",
                metadata: [
                    "closed": "\(report.closed)", "loans_forced": "\(report.loansForced)",
                    "abandoned": "\(report.abandoned)", "waiters_refused": "\(report.waitersRefused)",
                    "took_s": "\(report.duration.inSeconds)",
                ])
        case .dropped: logger.warning("the pool was let go of without shutdown(); it closes in the background")
        default: break
        }
    }

    private func flood(
        _ flood: Flood, _ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata
    ) {
        guard logger.logLevel <= level else { return }
        let now = now()
        let admitted = brakes.withLock { $0[flood, default: Brake()].admit(at: now, every: interval) }
        guard let suppressed = admitted else { return }
        var metadata = metadata()
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.log(level: level, message, metadata: metadata)
    }
}

extension Duration {
    fileprivate var inSeconds: Double { self / .seconds(1) }
}
