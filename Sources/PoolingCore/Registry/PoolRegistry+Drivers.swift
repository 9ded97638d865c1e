internal import Synchronization

// Which driver makes the pools of which URLs.

extension PoolRegistry {
    /// Names the driver for URLs that begin with one of `schemes`, in whatever case. A password that is given beside a URL
    /// is put into it.
    /// - Parameter driver: makes one from a whole URL; throws if it can't be understood, and never shows a password.
    /// - Throws: ``PoolRegistryError`` with code `.schemeInUse` or `.invalidName`; then none of them is registered.
    public func register<Driver: PoolDriver>(
        _ schemes: String..., driver: @escaping @Sendable (_ url: String) throws -> Driver
    ) throws(PoolRegistryError) {
        try register(schemes, driver: driver)
    }

    /// ``register(_:driver:)-(String...,_)``, for a list.
    public func register<Driver: PoolDriver>(
        _ schemes: [String], driver: @escaping @Sendable (_ url: String) throws -> Driver
    ) throws(PoolRegistryError) {
        try insert(schemes, PoolMaker(takesPassword: false) { url, _ in try driver(url) })
    }

    /// The same, for drivers that ask for the password at each connect, so that it may change (F67).
    ///
    ///     try registry.register("postgres") { url, password in try Postgres(url: url, password: password) }
    ///
    /// - Parameter driver: gets the password that was given beside the URL, if one was.
    /// - Throws: as ``register(_:driver:)-(String...,_)``.
    public func register<Driver: PoolDriver>(
        _ schemes: String...,
        driver: @escaping @Sendable (_ url: String, _ password: PasswordProvider?) throws -> Driver
    ) throws(PoolRegistryError) {
        try insert(schemes, PoolMaker(takesPassword: true, driver))
    }

    /// ``register(_:driver:)-(String...,_)``, for a driver that says all of this itself.
    public func register<Driver: URLDriver>(_ driver: Driver.Type) throws(PoolRegistryError) {
        try insert(Driver.schemes, PoolMaker(takesPassword: true) { try Driver(url: $0, password: $1) })
    }

    private func insert(_ schemes: [String], _ maker: PoolMaker) throws(PoolRegistryError) {
        let schemes = schemes.map { $0.lowercased() }
        if schemes.isEmpty || schemes.contains("") { throw .invalidName("the scheme of a URL") }
        try state.withLock { state throws(PoolRegistryError) in
            for scheme in schemes where state.makers[scheme] != nil { throw .schemeInUse(scheme) }
            for scheme in schemes { state.makers[scheme] = maker }
        }
    }

    /// In alphabetical order. O(n log n).
    public var schemes: [String] { state.withLock { $0.makers.keys.sorted() } }
}
