internal import Synchronization

// What a registry holds, for operators.

/// One pool of a registry, whether it has been made or not.
public struct PoolListing: Sendable {
    public let name: String
    /// The type of its driver.
    public let driver: String
    /// Of its URL, in lower case; nil if it was defined by a closure. The URL itself may have a password in it.
    public let scheme: String?
    /// As it was defined; a living pool may have been given another one by code.
    public let configuration: PoolConfiguration
    /// Whether a ``PoolSource`` says so, and not code.
    public let isFromSource: Bool
    /// nil: nobody has asked for it yet.
    public let pool: (any ManagedPool)?
}

extension PoolRegistry {
    /// What is defined, in that order. O(n log n).
    public var listings: [PoolListing] {
        state.withLock { $0.definitions.values }.sorted { $0.order < $1.order }.map { definition in
            PoolListing(
                name: definition.name, driver: "\(definition.maker.driver)",
                scheme: definition.url.flatMap { url in url.firstIndex(of: ":").map { url[..<$0].lowercased() } },
                configuration: definition.configuration, isFromSource: definition.source != nil,
                pool: definition.made?.pool)
        }
    }
}

extension PoolListing: CustomStringConvertible {
    public var description: String {
        guard let pool else {
            return "\(name): \(driver), min \(configuration.min), max \(configuration.max), not asked for yet"
        }
        let (now, limits) = (pool.statistics, pool.configuration)
        return "\(name): \(driver), min \(limits.min), max \(limits.max), \(now.leased) on loan, \(now.idle) idle, "
            + "\(now.waiting) waiting, \(pool.health)"
    }
}

extension PoolRegistry: CustomStringConvertible {
    /// A line for each pool. O(n log n) and a look at each pool's connections.
    public var description: String {
        let lines = listings.map(\.description)
        return lines.isEmpty ? "no pools" : lines.joined(separator: "\n")
    }
}
