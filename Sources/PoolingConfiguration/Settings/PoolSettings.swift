internal import PoolingCore

/// Every field of `PoolConfiguration`, in its order.
enum PoolSettings {
    static let all: [PoolSetting] = [
        .wholeNumber("min", \.min),
        .wholeNumber("max", \.max),
        .wholeNumber("minIdle", \.minIdle),
        .duration("acquireTimeout", field: \.acquireTimeout),
        .duration("connectTimeout", field: \.connectTimeout),
        .duration("validationTimeout", field: \.validationTimeout),
        .duration("resetTimeout", field: \.resetTimeout),
        .duration("closeTimeout", field: \.closeTimeout),
        .wordOrDuration(
            "validation", \.validation, words: [("never", .never), ("always", .always)], word: "afterIdle",
            { .afterIdle($0) }),
        .flag("validatesOnReturn", \.validatesOnReturn),
        .duration("idleTimeout", \.idleTimeout),
        .duration("maxLifetime", \.maxLifetime),
        .number("lifetimeJitter", field: \.lifetimeJitter),
        .wholeNumber("maxUses", \.maxUses),
        .duration("keepAliveInterval", \.keepAliveInterval),
        .choice(
            "idleOrder", \.idleOrder,
            [("mostRecentlyUsed", .mostRecentlyUsed), ("leastRecentlyUsed", .leastRecentlyUsed)]),
        .wholeNumber("maxWaiters", \.maxWaiters),
        .wholeNumber("maxConcurrentConnects", \.maxConcurrentConnects),
        .duration("backoff", "initial", field: \.backoff.initial),
        .number("backoff", "multiplier", field: \.backoff.multiplier),
        .duration("backoff", "cap", field: \.backoff.cap),
        .wordOrDuration(
            "outagePolicy", \.outagePolicy, words: [("wait", .wait), ("failAfter", .failAfter(nil))],
            word: "failAfter", { .failAfter($0) }),
        .choice("suspensionPolicy", \.suspensionPolicy, [("wait", .wait), ("fail", .fail)]),
        .duration("leakThreshold", \.leakThreshold),
        .choice(
            "nestedAcquire", \.nestedAcquire,
            [
                ("failOnDeadlock", .failOnDeadlock), ("failOnDeadlockInChildTasks", .failOnDeadlockInChildTasks),
                ("allow", .allow),
            ]),
    ]

    static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
    static let byParameter = Dictionary(all.map { ($0.parameter, $0) }) { first, _ in first }
    /// `backoff` has parts; what stands at the top of a section.
    static let topNames = all.reduce(into: [String]()) { if !$0.contains($1.path[0]) { $0.append($1.path[0]) } }
    static func parts(of name: String) -> [String] {
        all.filter { $0.path.count > 1 && $0.path[0] == name }.map { $0.path[1] }
    }

    /// The field that a rule names beside the one that breaks it.
    static func partner(of field: String) -> String? {
        switch field {
        case "min", "minIdle": "max"
        case "keepAliveInterval": "maxLifetime"
        case "backoff.cap": "backoff.initial"
        default: nil
        }
    }
}
