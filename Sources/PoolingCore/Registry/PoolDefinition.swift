/// A name and what stands behind it.
struct PoolDefinition: Sendable {
    let name: String
    /// Compared, and never shown: it may have a password in it.
    let url: String?
    let configuration: PoolConfiguration
    let maker: PoolMaker
    /// Unique in the registry.
    var number: UInt64 = 0
    var made: MadePool?
    /// The place among those that were made.
    var madeAs: UInt64 = 0

    init(_ name: String, url: String?, _ configuration: PoolConfiguration, _ maker: PoolMaker) {
        self.name = name
        self.url = url
        self.configuration = configuration
        self.maker = maker
    }

    /// - Returns: nil if both make the same pool.
    func difference(from other: PoolDefinition) -> String? {
        if maker.driver != other.maker.driver { return "driver (\(maker.driver))" }
        if url != other.url { return "URL" }
        return configuration == other.configuration ? nil : "configuration"
    }
}

/// Makes pools of one driver.
struct PoolMaker: Sendable {
    let driver: any PoolDriver.Type
    let make: @Sendable (PoolDefinition, [any PoolObserver]) throws -> MadePool

    init<Driver: PoolDriver>(_ driver: @escaping @Sendable (_ url: String) throws -> Driver) {
        self.driver = Driver.self
        make = { definition, observers in
            let pool = try Pool(
                try driver(definition.url ?? ""), name: definition.name, configuration: definition.configuration,
                observers: observers, surroundings: nil, starts: false)
            return MadePool(pool: pool, start: { pool.start() })
        }
    }
}

/// A pool that may not have been started yet.
struct MadePool: Sendable {
    let pool: any ManagedPool
    let start: @Sendable () -> Void
}
