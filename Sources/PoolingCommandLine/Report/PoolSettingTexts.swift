internal import PoolingCore

/// The settings of a pool as a person writes them in a file.
enum PoolSettingTexts {
    static func all(of configuration: PoolConfiguration) -> [String: String] {
        [
            "min": "\(configuration.min)",
            "max": "\(configuration.max)",
            "minIdle": "\(configuration.minIdle)",
            "acquireTimeout": DurationText.short(configuration.acquireTimeout),
            "connectTimeout": DurationText.short(configuration.connectTimeout),
            "validationTimeout": DurationText.short(configuration.validationTimeout),
            "resetTimeout": DurationText.short(configuration.resetTimeout),
            "closeTimeout": DurationText.short(configuration.closeTimeout),
            "validation": text(configuration.validation),
            "validatesOnReturn": "\(configuration.validatesOnReturn)",
            "idleTimeout": text(configuration.idleTimeout),
            "maxLifetime": text(configuration.maxLifetime),
            "lifetimeJitter": ReportNumber.plain(configuration.lifetimeJitter),
            "maxUses": configuration.maxUses.map { "\($0)" } ?? "none",
            "keepAliveInterval": text(configuration.keepAliveInterval),
            "idleOrder": configuration.idleOrder == .mostRecentlyUsed ? "mostRecentlyUsed" : "leastRecentlyUsed",
            "maxWaiters": configuration.maxWaiters.map { "\($0)" } ?? "none",
            "maxConcurrentConnects": "\(configuration.maxConcurrentConnects)",
            "backoff.initial": DurationText.short(configuration.backoff.initial),
            "backoff.multiplier": ReportNumber.plain(configuration.backoff.multiplier),
            "backoff.cap": DurationText.short(configuration.backoff.cap),
            "outagePolicy": text(configuration.outagePolicy),
            "leakThreshold": text(configuration.leakThreshold),
        ]
    }

    private static func text(_ duration: Duration?) -> String { duration.map(DurationText.short) ?? "none" }

    private static func text(_ validation: ValidationPolicy) -> String {
        switch validation {
        case .never: "never"
        case .always: "always"
        case .afterIdle(let idle): "afterIdle \(DurationText.short(idle))"
        }
    }

    private static func text(_ policy: OutagePolicy) -> String {
        switch policy {
        case .wait: "wait"
        case .failAfter(nil): "failAfter acquireTimeout"
        case .failAfter(let time?): "failAfter \(DurationText.short(time))"
        }
    }
}
