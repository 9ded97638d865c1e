internal import PoolingCore

/// A pool as it is written, accepted by its driver.
struct CheckedPool: Sendable {
    var name: String
    var url: TargetURL
    var driver: RegisteredDriver
    var target: any BenchmarkTarget
    var configuration: PoolConfiguration

    /// - Parameter number: its place, for one that has no name.
    /// - Throws: ``CommandFailure`` that says where the mistake was written.
    init(_ written: WrittenPool, number: Int) throws(CommandFailure) {
        _ = try written.open(written.configuration)
        do { target = try written.driver.inspect(written.url.text, written.password) } catch {
            throw .usage("\(written.place): \(written.url.redact("\(error)"))")
        }
        name = written.name ?? "pool \(number)"
        url = written.url
        driver = written.driver
        configuration = written.configuration
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
