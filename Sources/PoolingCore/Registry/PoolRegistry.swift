internal import CPoolingShims
internal import Synchronization

/// The pools of an application, by name.
///
///     let registry = PoolRegistry()
///     try registry.register(SQLite.self)
///     try registry.define("main", url: "sqlite:/srv/app.db", configuration: .init(min: 2, max: 20))
///     …
///     let pool = try registry.pool(named: "main", of: SQLite.self)
///
/// Defining a pool opens nothing. It is made when it is first asked for, once, however many ask at a time, and kept until
/// ``remove(_:within:)`` or ``shutdown(within:)``. A driver plugin registers the schemes of its URLs; the registry treats
/// it like the built-in ones. ``fill(from:)`` defines all pools of a source, such as a file, which ``reload(removed:)``
/// asks again.
///
/// For every call: O(1) in the number of pools but where it says otherwise. The lock is held for a look-up; drivers,
/// observers and whatever else is not the registry's runs outside of it.
public final class PoolRegistry: Sendable {
    let state = Mutex(State())
    let observers: [any PoolObserver]
    private let warningThreshold: Int

    /// - Parameters:
    ///   - observers: are told what happens in every pool made here.
    ///   - warningThreshold: with more pools than this, a sentence on standard error says so, once: a name that is made
    ///     up per request or per user makes pools without bound.
    public init(observers: [any PoolObserver] = [], warningThreshold: Int = 1000) {
        self.observers = observers
        self.warningThreshold = warningThreshold
    }

    // MARK: Definitions

    /// Says what the pool of this name is. Nothing is opened; the URL is looked at when the pool is made.
    ///
    /// The same again is no error.
    /// - Parameter password: beside the URL, which then must have none. A driver that was registered with a closure for the
    ///   URL alone takes only a fixed one, or those of a ``PoolSource``.
    /// - Throws: ``PoolRegistryError`` with code `.nameInUse`, `.unknownScheme`, `.passwordNotTaken`, `.invalidName` or
    ///   `.shutDown`.
    public func define(
        _ name: String, url: String, password: PoolPassword? = nil, configuration: PoolConfiguration = .init()
    ) throws(PoolRegistryError) {
        try insert(name) { state throws(PoolRegistryError) in
            try state.definition(name, url: url, password: password, text: password?.fixed, configuration)
        }
    }

    /// ``define(_:url:password:configuration:)``, with the driver instead of a URL.
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
            PoolDefinition(name, url: nil, configuration, PoolMaker(takesPassword: true) { _, _ in try driver() })
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
            new.number = state.nextNumber()
            new.order = new.number
            state.definitions[name] = new
        }
    }

    /// What is defined, in that order. O(n log n).
    public var names: [String] {
        state.withLock { $0.definitions.values }.sorted { $0.order < $1.order }.map(\.name)
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

    func made(in definitions: [PoolDefinition]) -> [any ManagedPool] {
        definitions.compactMap { definition in definition.made.map { (definition.madeAs, $0.pool) } }
            .sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func definition(of name: String) throws(PoolRegistryError) -> PoolDefinition {
        try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(name) }
            guard let definition = state.definitions[name] else {
                throw .unknownName(name, known: state.definitions.values.sorted { $0.order < $1.order }.map(\.name))
            }
            return definition
        }
    }

    private func pool(for definition: PoolDefinition) throws -> any ManagedPool {
        var definition = definition
        while true {
            if let pool = try make(definition) { return pool }
            // Somebody has defined it anew meanwhile.
            definition = try self.definition(of: definition.name)
        }
    }

    /// - Returns: nil if it is defined otherwise by now.
    private func make(_ definition: PoolDefinition) throws -> (any ManagedPool)? {
        if let made = definition.made { return made.pool }
        // Drivers and their checks are foreign code, and run without the lock: several may be made where several ask at
        // once. One is kept; the others have opened nothing.
        let draft = try definition.maker.make(definition, observers)
        let kept: MadePool? = try state.withLock { state throws(PoolRegistryError) in
            if state.isShutDown { throw .shutDown(definition.name) }
            guard var current = state.definitions[definition.name] else {
                throw .unknownName(definition.name, known: [])
            }
            if current.number != definition.number { return nil }
            if let made = current.made { return made }
            state.next += 1
            state.made += 1
            current.made = draft
            current.madeAs = state.next
            state.definitions[definition.name] = current
            return draft
        }
        guard let kept else { return nil }
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
}
