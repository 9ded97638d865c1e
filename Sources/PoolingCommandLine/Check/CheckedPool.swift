internal import PoolingConfiguration
internal import PoolingCore

/// A pool as it is written, accepted by its driver.
struct CheckedPool: Sendable {
    var name: String
    var url: TargetURL
    var driver: RegisteredDriver
    var target: any BenchmarkTarget
    var configuration: PoolConfiguration

    /// - Throws: ``CommandFailure`` with every mistake that the file or a URL has.
    static func all(urls: [String], config: String?, _ registry: DriverRegistry) async throws -> [CheckedPool] {
        var pools: [CheckedPool] = []
        if let config { pools += try await Self.pools(of: config, registry) }
        for text in urls {
            let shown = TargetURL(text)
            let url: PoolURL
            do { url = try PoolURL(text) } catch { throw CommandFailure.usage("--url \(shown.shown): \(error)") }
            let name = "pool \(pools.count + 1)"
            pools.append(
                try Self.pool(name, TargetURL(url.url), url.configuration(), "--url \(shown.shown)", registry))
        }
        return pools
    }

    private static func pools(of config: String, _ registry: DriverRegistry) async throws -> [CheckedPool] {
        let check = PoolRegistry()
        // Those that were added later have their schemes first.
        for driver in registry.drivers.reversed() { driver.enroll(check) }
        let specifications: [PoolSpecification]
        do {
            specifications = try await PoolFile(config).pools(checkedBy: check.check)
        } catch let error as PoolFileError {
            throw CommandFailure.usage("--config \(config):\n\(error)")
        } catch {
            throw CommandFailure.usage("--config \(config): \(error)")
        }
        var pools: [CheckedPool] = []
        for specification in specifications {
            let url = try await specification.urlWithPassword()
            pools.append(
                try Self.pool(
                    specification.name, TargetURL(url), specification.configuration,
                    "--config \(config): pool '\(specification.name)'", registry))
        }
        if pools.isEmpty { throw CommandFailure.usage("--config \(config): has no pools") }
        return pools
    }

    private static func pool(
        _ name: String, _ url: TargetURL, _ configuration: PoolConfiguration, _ place: String,
        _ registry: DriverRegistry
    ) throws -> CheckedPool {
        guard let driver = registry.driver(for: url) else {
            let known = registry.schemes.map { "\($0):" }.joined(separator: ", ")
            throw CommandFailure.usage("\(place): no driver has this scheme; known ones are \(known)")
        }
        do {
            try configuration.validate()
            try driver.open(url.text).check(configuration)
            let target = try driver.inspect(url.text)
            return CheckedPool(name: name, url: url, driver: driver, target: target, configuration: configuration)
        } catch {
            throw CommandFailure.usage("\(place): \(url.redact("\(error)"))")
        }
    }

    /// Pools with the same one share its limits. nil: a backend that is not reached through a network.
    var server: String? {
        guard let slashes = url.text.firstRange(of: "://") else { return nil }
        let rest = url.text[slashes.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let place = (rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest).lowercased()
        if place.isEmpty { return nil }
        let hasPort = place.hasSuffix("]") ? false : place.contains(":")
        return hasPort ? "\(driver.name) \(place)" : "\(driver.name) \(place):\(driver.defaultPort ?? 0)"
    }
}
