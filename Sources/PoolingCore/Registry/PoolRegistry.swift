internal import CPoolingShims
internal import Synchronization

/// The pools of an application, by name.
///
///     let registry = PoolRegistry()
///     try registry.register("sqlite") { try SQLite(url: $0) }
///     try registry.define("main", url: "sqlite:/srv/app.db", configuration: .init(min: 2, max: 20))
///     …
///     let pool = try registry.pool(named: "main", of: SQLite.self)
///
/// Defining a pool opens nothing. It is made when it is first asked for, once, however many ask at a time, and kept until
/// ``remove(_:within:)`` or ``shutdown(within:)``. A driver plugin registers the schemes of its URLs; the registry treats
/// it like the built-in ones.
///
/// For every call: O(1) in the number of pools but where it says otherwise. The lock is held for a look-up; drivers,
/// observers and whatever else is not the registry's runs outside of it.
public final class PoolRegistry: Sendable {
    private struct State {
        var makers: [String: PoolMaker] = [:]
        var definitions: [String: PoolDefinition] = [:]
        /// Numbered, so that they can be listed in the order in which they were defined, or made.
        var next: UInt64 = 0
        var made = 0
        var hasWarned = false
        var isShutDown = false
    }

    private let state = Mutex(State())
    private let observers: [any PoolObserver]
    private let warningThreshold: Int

    /// - Parameters:
    ///   - observers: are told what happens in every pool made here.
    ///   - warningThreshold: with more pools than this, a sentence on standard error says so, once: a name that is made
    ///     up per request or per user makes pools without bound.
    public init(observers: [any PoolObserver] = [], warningThreshold: Int = 1000) {
        self.observers = observers
        self.warningThreshold = warningThreshold
    }

    // MARK: Drivers

    /// Names the driver for URLs that begin with one of `schemes`, in whatever case.
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
        let schemes = schemes.map { $0.lowercased() }
        if schemes.isEmpty || schemes.contains("") { throw .invalidName("the scheme of a URL") }
        let maker = PoolMaker(driver)
        try state.withLock { state throws(PoolRegistryError) in
            for scheme in schemes where state.makers[scheme] != nil { throw .schemeInUse(scheme) }
            for scheme in schemes { state.makers[scheme] = maker }
        }
    }

    /// In alphabetical order.
    public var schemes: [String] { state.withLock { $0.makers.keys.sorted() } }

    // MARK: Definitions

    /// Says what the pool of this name is. Nothing is opened; the URL is looked at when the pool is made.
    ///
    /// The same again is no error.
    /// - Throws: ``PoolRegistryError`` with code `.nameInUse`, `.unknownScheme`, `.invalidName` or `.shutDown`.
    public func define(
        _ name: String, url: String, configuration: PoolConfiguration = .init()
    ) throws(PoolRegistryError) {
        let scheme = url.firstIndex(of: ":").map { url[..<$0].lowercased() }
        try insert(name) { state throws(PoolRegistryError) in
            guard let scheme, let maker = state.makers[scheme] else {
                throw .unknownScheme(scheme, of: name, known: state.makers.keys.sorted())
            }
            return PoolDefinition(name, url: url, configuration, maker)
        }
    }

    /// ``define(_:url:configuration:)``, with the driver instead of a URL.
    ///
    /// What closures make can't be compared: with a driver of the same type and the same configuration the first
    /// definition stays.
    /// - Parameter driver: called when the pool is made.
    /// - Throws: ``PoolRegistryError`` with code `.nameInUse`, `.invalidName` or `.shutDown`.
    public func define<Driver: PoolDriver>(
        _ name: String, configuration: PoolConfiguration = .init(),
        driver: @escaping @Sendable () throws -> Driver
    ) throws(PoolRegistryError) {
        try insert(name) { _ throws(PoolRegistryError) in
            PoolDefinition(name, url: nil, configuration, PoolMaker { _ in try driver() })
        }
    }

    private func insert(
        _ name: String, _ definition: (State) throws(PoolRegistryError) -> PoolDefinition
    ) throws(PoolRegistryError) {
        if name.isEmpty { throw .invalidName("the name of a pool") }
        try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(name) }
            var new = try definition(state)
            if let old = state.definitions[name] {
                if let difference = old.difference(from: new) { throw .nameInUse(name, difference) }
                return
            }
            state.next += 1
            new.number = state.next
            state.definitions[name] = new
        }
    }

    /// What is defined, in that order. O(n log n).
    public var names: [String] {
        state.withLock { $0.definitions.values }.sorted { $0.number < $1.number }.map(\.name)
    }

    // MARK: Pools

    /// The pool of this name, made if it is not there yet. `min` connections are opened in the background then.
    ///
    /// - Throws: ``PoolRegistryError`` with code `.unknownName`, `.otherDriver` or `.shutDown`; ``PoolConfigurationError``,
    ///   and what the driver's initialiser throws, each time it is asked for until there is one.
    public func pool<Driver: PoolDriver>(named name: String, of driver: Driver.Type = Driver.self) throws -> Pool<
        Driver
    > {
        let definition = try definition(of: name)
        // Before it is made: a wrong question makes no pool.
        if definition.maker.driver != Driver.self {
            throw PoolRegistryError.otherDriver(name, is: definition.maker.driver, asked: Driver.self)
        }
        guard let pool = try pool(for: definition) as? Pool<Driver> else {
            throw PoolRegistryError.otherDriver(name, is: definition.maker.driver, asked: Driver.self)
        }
        return pool
    }

    /// The pool of this name, whatever its driver.
    /// - Throws: as ``pool(named:of:)``.
    public func pool(named name: String) throws -> any ManagedPool { try pool(for: definition(of: name)) }

    /// Defines and gets it in one: for those who ask whenever they need it.
    /// - Throws: as ``define(_:configuration:driver:)`` and ``pool(named:of:)``.
    public func pool<Driver: PoolDriver>(
        named name: String, configuration: PoolConfiguration = .init(),
        driver: @escaping @Sendable @autoclosure () throws -> Driver
    ) throws -> Pool<Driver> {
        try define(name, configuration: configuration, driver: driver)
        return try pool(named: name, of: Driver.self)
    }

    /// Those that have been made, in that order. O(n log n).
    public var pools: [any ManagedPool] { made(in: state.withLock { Array($0.definitions.values) }) }

    private func made(in definitions: [PoolDefinition]) -> [any ManagedPool] {
        definitions.compactMap { definition in definition.made.map { (definition.madeAs, $0.pool) } }
            .sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func definition(of name: String) throws(PoolRegistryError) -> PoolDefinition {
        try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(name) }
            guard let definition = state.definitions[name] else {
                throw .unknownName(name, known: state.definitions.values.sorted { $0.number < $1.number }.map(\.name))
            }
            return definition
        }
    }

    private func pool(for definition: PoolDefinition) throws -> any ManagedPool {
        if let made = definition.made { return made.pool }
        // Drivers and their checks are foreign code, and run without the lock: several may be made where several ask at
        // once. One is kept; the others have opened nothing.
        let draft = try definition.maker.make(definition, observers)
        let kept = try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(definition.name) }
            guard var current = state.definitions[definition.name], current.number == definition.number else {
                throw .unknownName(definition.name, known: [])
            }
            if let made = current.made { return made }
            state.next += 1
            state.made += 1
            current.made = draft
            current.madeAs = state.next
            state.definitions[definition.name] = current
            return draft
        }
        if kept.pool === draft.pool {
            draft.start()
            warnOfMany()
        }
        return kept.pool
    }

    private func warnOfMany() {
        let count: Int? = state.withLock { state in
            if state.hasWarned || state.made <= warningThreshold { return nil }
            state.hasWarned = true
            return state.made
        }
        guard let count else { return }
        pooling_warn(
            "\(count) pools have been made in one registry; if their names are made up per request, they are without bound "
                + "(PoolRegistry's warningThreshold is for those who mean it)")
    }

    // MARK: The end

    /// Forgets the definition, and shuts the pool down if it has been made: for tenants that leave. The name is free at
    /// once.
    /// - Returns: nil if there was no pool.
    @discardableResult
    public func remove(_ name: String, within limit: Duration = .seconds(5)) async -> ShutdownReport? {
        let gone = state.withLock { state in
            let gone = state.definitions.removeValue(forKey: name)
            if gone?.made != nil { state.made -= 1 }
            return gone
        }
        return await gone?.made?.pool.shutdown(within: limit)
    }

    /// Makes every pool that is defined, and warms it up, in the order in which they were defined.
    /// - Parameter timeout: for each of them. Default: its `acquireTimeout`.
    /// - Throws: what keeps the first that fails from it.
    public func warmUp(timeout: Duration? = nil) async throws {
        for name in names { try await pool(named: name).warmUp(timeout: timeout) }
    }

    /// Shuts all pools down, the last made first, since it may use those that were made before it. Nothing can be defined
    /// or had afterwards.
    ///
    /// One waits for the other for half of `limit`; those that are left then begin at once, so that a loan that nobody
    /// returns takes no other pool's time.
    ///
    /// - Parameter limit: for all of them together.
    /// - Returns: by name, what became of their loans.
    @discardableResult
    public func shutdown(within limit: Duration = .seconds(5)) async -> [String: ShutdownReport] {
        let definitions = state.withLock { state in
            state.isShutDown = true
            defer { state.definitions = [:] }
            return Array(state.definitions.values)
        }
        let began = ContinuousClock.now
        let bell = Task { try await Task.sleep(until: began + limit / 2) }
        defer { bell.cancel() }
        return await withTaskGroup(of: (name: String, report: ShutdownReport)?.self) { group in
            group.addTask {
                _ = await bell.result
                return nil
            }
            var reports: [String: ShutdownReport] = [:]
            var takeTurns = true
            for pool in made(in: definitions).reversed() {
                group.addTask {
                    let left = max(.zero, ContinuousClock.now.duration(to: began + limit))
                    return (pool.name, await pool.shutdown(within: left))
                }
                guard takeTurns, let first = await group.next() else { continue }
                if let first { reports[first.name] = first.report } else { takeTurns = false }
            }
            bell.cancel()
            for await case let result? in group { reports[result.name] = result.report }
            return reports
        }
    }
}
