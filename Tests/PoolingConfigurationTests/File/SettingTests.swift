import PoolingCore
import Testing

@testable import PoolingConfiguration

/// For each setting, another value than its default, as it is written, and what it makes of a configuration.
let otherValues: [(name: String, text: String, expected: PoolConfiguration)] = [
    ("min", "2", .init(min: 2)),
    ("max", "20", .init(max: 20)),
    ("minIdle", "3", .init(minIdle: 3)),
    ("acquireTimeout", "5s", .init(acquireTimeout: .seconds(5))),
    ("connectTimeout", "4 s", .init(connectTimeout: .seconds(4))),
    ("validationTimeout", "250ms", .init(validationTimeout: .milliseconds(250))),
    ("resetTimeout", "PT2S", .init(resetTimeout: .seconds(2))),
    ("closeTimeout", "1.5s", .init(closeTimeout: .milliseconds(1500))),
    ("validation", "always", .init(validation: .always)),
    ("validatesOnReturn", "true", .init(validatesOnReturn: true)),
    ("idleTimeout", "5 min", .init(idleTimeout: .seconds(300))),
    ("maxLifetime", "2h", .init(maxLifetime: .seconds(7200))),
    ("lifetimeJitter", "0.25", .init(lifetimeJitter: 0.25)),
    ("maxUses", "1000", .init(maxUses: 1000)),
    ("keepAliveInterval", "1 min", .init(keepAliveInterval: .seconds(60))),
    ("idleOrder", "leastRecentlyUsed", .init(idleOrder: .leastRecentlyUsed)),
    ("maxWaiters", "50", .init(maxWaiters: 50)),
    ("maxConcurrentConnects", "2", .init(maxConcurrentConnects: 2)),
    ("backoff.initial", "100ms", .init(backoff: Backoff(initial: .milliseconds(100)))),
    ("backoff.multiplier", "3", .init(backoff: Backoff(multiplier: 3))),
    ("backoff.cap", "30s", .init(backoff: Backoff(cap: .seconds(30)))),
    ("outagePolicy", "wait", .init(outagePolicy: .wait)),
    ("suspensionPolicy", "fail", .init(suspensionPolicy: .fail)),
    ("leakThreshold", "10s", .init(leakThreshold: .seconds(10))),
    ("nestedAcquire", "allow", .init(nestedAcquire: .allow)),
]

@Suite struct SettingTests {
    @Test func `every field of a configuration can be set, and none was forgotten here`() {
        var names: [String] = []
        for field in Mirror(reflecting: PoolConfiguration()).children {
            guard let label = field.label else { continue }
            let parts = field.value is Backoff ? Mirror(reflecting: field.value).children.compactMap(\.label) : []
            names += parts.isEmpty ? [label] : parts.map { "\(label).\($0)" }
        }
        #expect(
            PoolSettings.all.map(\.name) == names, "a field was added to PoolConfiguration: name it in PoolSettings")
        #expect(otherValues.map(\.name) == names, "and give it another value here")
        for (name, _, expected) in otherValues { #expect(expected != PoolConfiguration(), "\(name) is the default") }
    }

    @Test func `every field is set by the pool's own section`() async throws {
        for (name, text, expected) in otherValues {
            #expect(try await configuration(of: file(section: (name, text))) == expected, "\(name)")
        }
    }

    @Test func `every field is set by the defaults, and by the section over them`() async throws {
        for (name, text, expected) in otherValues {
            #expect(try await configuration(of: file(defaults: (name, text))) == expected, "\(name)")
            let both = file(section: (name, text), defaults: (name, Self.third(name)))
            #expect(try await configuration(of: both) == expected, "\(name)")
        }
    }

    @Test func `every field is set by a variable, over the section, and by one for the defaults, over the defaults`()
        async throws
    {
        for (name, text, expected) in otherValues {
            let variable = Self.variable(name)
            let main = ["POOLS_MAIN_\(variable)": text], defaults = ["POOLS_DEFAULTS_\(variable)": text]
            #expect(try await configuration(of: file(), environment: main) == expected, "\(name)")
            let written = file(section: (name, Self.third(name)))
            #expect(try await configuration(of: written, environment: main) == expected, "\(name)")
            let shared = file(defaults: (name, Self.third(name)))
            #expect(try await configuration(of: shared, environment: defaults) == expected, "\(name)")
            // What is said of the pool itself counts more than what is said of all.
            let own = file(section: (name, text))
            let others = ["POOLS_DEFAULTS_\(variable)": Self.third(name)]
            #expect(try await configuration(of: own, environment: others) == expected, "\(name)")
        }
    }

    @Test func `every field is set by the URL, which the driver sees without it`() async throws {
        for (name, text, expected) in otherValues {
            let parameter = Self.parameter(name)
            let url = "sqlite:/srv/app.db?\(parameter)=\(text.replacing(" ", with: "%20"))&busy_timeout=2s"
            #expect(try await configuration(of: "pools: {main: {url: '\(url)'}}") == expected, "\(name)")
            let direct = try PoolURL(url)
            #expect(direct.configuration() == expected && direct.url == "sqlite:/srv/app.db?busy_timeout=2s")
            let shared = "defaults: \(Self.mapping(name, Self.third(name)))\npools: {main: {url: '\(url)'}}"
            #expect(try await configuration(of: shared) == expected, "\(name): the URL counts more than the defaults")
        }
    }

    @Test func `what may be none is none by several words`() async throws {
        for (name, isNone) in Self.optional {
            for word in ["none", "never", "null", "~", "\"none\"", "None"] {
                let some = "defaults: {\(name): \(name.hasPrefix("max") && name != "maxLifetime" ? "7" : "7 min")}"
                let text = "\(some)\npools: {main: {url: 'sqlite:/srv/app.db', \(name): \(word)}}"
                #expect(isNone(try await configuration(of: text)), "\(name): \(word)")
            }
        }
        #expect(
            Self.optional.count == Mirror(reflecting: PoolConfiguration()).children.count { Self.isOptional($0.value) })
    }

    @Test(
        arguments: [
            ("validation: never", PoolConfiguration(validation: .never)),
            ("validation: 2s", .init(validation: .afterIdle(.seconds(2)))),
            ("validation: {afterIdle: 2s}", .init(validation: .afterIdle(.seconds(2)))),
            ("validation: afterIdle 2s", .init(validation: .afterIdle(.seconds(2)))),
            ("outagePolicy: 3s", .init(outagePolicy: .failAfter(.seconds(3)))),
            ("outagePolicy: {failAfter: 3s}", .init(outagePolicy: .failAfter(.seconds(3)))),
            ("outagePolicy: {failAfter: null}", .init(outagePolicy: .failAfter(nil))),
            ("outagePolicy: failAfter", .init(outagePolicy: .failAfter(nil))),
            (
                "backoff: {initial: 1s, multiplier: 1.5, cap: 2s}",
                .init(backoff: Backoff(initial: .seconds(1), multiplier: 1.5, cap: .seconds(2)))
            ),
            ("validatesOnReturn: yes", .init(validatesOnReturn: true)),
            ("nestedAcquire: failOnDeadlockInChildTasks", .init(nestedAcquire: .failOnDeadlockInChildTasks)),
            ("max: '20'", .init(max: 20)),
        ]) func `a value has more than one notation`(_ line: String, _ expected: PoolConfiguration) async throws
    {
        #expect(try await configuration(of: "pools: {main: {url: 'sqlite:/srv/app.db', \(line)}}") == expected)
    }

    // MARK: What is written

    private static let optional: [(String, @Sendable (PoolConfiguration) -> Bool)] = [
        ("idleTimeout", { $0.idleTimeout == nil }), ("maxLifetime", { $0.maxLifetime == nil }),
        ("maxUses", { $0.maxUses == nil }), ("keepAliveInterval", { $0.keepAliveInterval == nil }),
        ("maxWaiters", { $0.maxWaiters == nil }), ("leakThreshold", { $0.leakThreshold == nil }),
    ]

    private static func isOptional(_ value: Any) -> Bool { Mirror(reflecting: value).displayStyle == .optional }

    /// Neither the default nor the other value.
    private static func third(_ name: String) -> String {
        let known = [
            "validation": "never", "validatesOnReturn": "false", "lifetimeJitter": "0.5", "backoff.multiplier": "4",
            "idleOrder": "mostRecentlyUsed", "outagePolicy": "failAfter", "suspensionPolicy": "wait",
            "nestedAcquire": "failOnDeadlock", "maxLifetime": "3h", "leakThreshold": "9s", "backoff.initial": "70ms",
            "min": "1", "max": "11", "minIdle": "1", "maxUses": "9", "maxWaiters": "9", "maxConcurrentConnects": "9",
        ]
        return known[name] ?? "70s"
    }

    private static func variable(_ name: String) -> String {
        name.map { $0.isUppercase ? "_\($0)" : $0 == "." ? "_" : $0.uppercased() }.joined()
    }

    private static func parameter(_ name: String) -> String { "pool_" + variable(name).lowercased() }

    private static func mapping(_ name: String, _ text: String) -> String {
        let parts = name.split(separator: ".")
        return parts.count == 1 ? "{\(name): \(text)}" : "{\(parts[0]): {\(parts[1]): \(text)}}"
    }

    private func file(section: (String, String)? = nil, defaults: (String, String)? = nil) -> String {
        let own = section.map { Self.mapping($0.0, $0.1).dropFirst().dropLast() }
        return """
            defaults: \(defaults.map { Self.mapping($0.0, $0.1) } ?? "{}")
            pools:
              main: {url: 'sqlite:/srv/app.db'\(own.map { ", \($0)" } ?? "")}
            """
    }
}
