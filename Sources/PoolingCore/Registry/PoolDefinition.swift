/// A name and what stands behind it.
struct PoolDefinition: Sendable {
    let name: String
    /// As it was written. Compared, and never shown: it may have a password in it.
    let url: String?
    let password: PoolPassword?
    /// What the driver gets: ``url``, with the password in it for drivers that take nothing else.
    let driverURL: String
    var configuration: PoolConfiguration
    let maker: PoolMaker
    /// Which of the registry's sources says so; nil: code did.
    var source: Int?
    /// Unique in the registry; another one if what it makes is another pool.
    var number: UInt64 = 0
    /// The place among those that were defined.
    var order: UInt64 = 0
    var made: MadePool?
    /// The place among those that were made.
    var madeAs: UInt64 = 0

    init(
        _ name: String, url: String?, password: PoolPassword? = nil, driverURL: String? = nil,
        _ configuration: PoolConfiguration, _ maker: PoolMaker
    ) {
        self.name = name
        self.url = url
        self.password = password
        self.driverURL = driverURL ?? url ?? ""
        self.configuration = configuration
        self.maker = maker
    }

    /// - Returns: nil if both make the same pool.
    func difference(from other: PoolDefinition) -> String? {
        if let difference = identityDifference(from: other) { return difference }
        return configuration == other.configuration ? nil : "configuration"
    }

    /// What no living pool can be given.
    func identityDifference(from other: PoolDefinition) -> String? {
        if maker.driver != other.maker.driver { return "driver (\(maker.driver))" }
        if url != other.url { return "URL" }
        switch (password, other.password) {
        case (nil, nil): break
        case (let mine?, let theirs?) where mine.isSame(as: theirs): break
        default: return "password"
        }
        // What stood in the file was read into the URL.
        return driverURL == other.driverURL ? nil : "password"
    }
}

/// Makes pools of one driver.
struct PoolMaker: Sendable {
    let driver: any PoolDriver.Type
    /// Else a password has to stand in the URL.
    let takesPassword: Bool
    let make: @Sendable (PoolDefinition, [any PoolObserver]) throws -> MadePool
    /// Whether one could be made. Opens nothing.
    let check: @Sendable (PoolDefinition) throws -> Void

    init<Driver: PoolDriver>(
        takesPassword: Bool, _ driver: @escaping @Sendable (_ url: String, PasswordProvider?) throws -> Driver
    ) {
        self.driver = Driver.self
        self.takesPassword = takesPassword
        let made: @Sendable (PoolDefinition) throws -> Driver = { definition in
            let password = takesPassword ? definition.password : nil
            return try driver(definition.driverURL, password?.provider)
        }
        make = { definition, observers in
            let pool = try Pool(
                try made(definition), name: definition.name, configuration: definition.configuration,
                observers: observers, surroundings: nil, starts: false)
            return MadePool(pool: pool, start: { pool.start() })
        }
        check = { definition in
            try definition.configuration.validate()
            try made(definition).check(definition.configuration)
        }
    }
}

/// A pool that may not have been started yet.
struct MadePool: Sendable {
    let pool: any ManagedPool
    let start: @Sendable () -> Void
}
