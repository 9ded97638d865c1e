internal import Synchronization

// Pools from a source that can be asked again.

/// What becomes of pools that a source no longer names.
public enum RemovedPools: Sendable, Hashable {
    /// They work on, and are reported.
    case keep
    /// They are shut down, each within this time, and forgotten.
    case shutDown(within: Duration = .seconds(5))
}

extension PoolRegistry {
    /// Defines every pool of `source`, and remembers it for ``reload(removed:)``. Drivers refuse here what they can't serve;
    /// nothing is opened.
    ///
    /// All or none: after an error nothing has changed.
    /// - Throws: what the source throws, ``PoolRegistryError``, ``PoolConfigurationError``, and what a driver's initialiser
    ///   throws.
    public func fill(from source: some PoolSource) async throws {
        try await inTurn { registry in
            let definitions = try await registry.definitions(of: source)
            try Task.checkCancellation()
            // What it takes the place of is foreign, and ends outside of the lock.
            _ = try registry.state.withLock { state throws(PoolRegistryError) in
                if state.isShutDown { throw .shutDown(definitions.first?.name ?? "") }
                let number = state.sources.count
                var plan = ReloadPlan(state)
                for definition in definitions { try plan.add(definition, from: number, isFirst: true) }
                state.sources.append(source)
                return plan.carryOut(in: &state)
            }
        }
    }

    /// Asks every source again, and makes the pools what they say now: new ones are defined, and pools that live get another
    /// configuration as by ``Pool/apply(_:)``, without ending a loan. What was changed by code (``Pool/resize(min:max:)``)
    /// is changed back.
    ///
    /// Another URL, password's source or driver can't be given to a pool that lives: that is reported, and the pool stays
    /// as it is, its configuration too. ``remove(_:within:)`` and another reload replace it. One that was defined and never
    /// asked for simply becomes the other one.
    ///
    /// If anything is wrong with any of them, nothing is changed at all. Reloads that overlap are done one after the other.
    ///
    /// - Parameter removed: what becomes of pools that no source names any more.
    /// - Returns: what has become of each pool, in the order of the sources.
    /// - Throws: as ``fill(from:)``. A driver that refuses a configuration only now is reported, and throws nothing.
    @discardableResult
    public func reload(removed: RemovedPools = .keep) async throws -> PoolReloadReport {
        try await inTurn { registry in
            let sources = registry.state.withLock(\.sources)
            var definitions: [[PoolDefinition]] = []
            for source in sources { definitions.append(try await registry.definitions(of: source)) }
            try Task.checkCancellation()
            let (plan, _) = try registry.state.withLock { state throws(PoolRegistryError) in
                if state.isShutDown { throw .shutDown(state.definitions.keys.sorted().first ?? "") }
                var plan = ReloadPlan(state)
                for (number, definitions) in definitions.enumerated() {
                    for definition in definitions { try plan.add(definition, from: number, isFirst: false) }
                }
                plan.remove(forgets: removed != .keep)
                return (plan, plan.carryOut(in: &state))
            }
            return await registry.report(of: plan, removed)
        }
    }

    /// Outside of the lock: pools and drivers are asked.
    private func report(of plan: ReloadPlan, _ removed: RemovedPools) async -> PoolReloadReport {
        var report = PoolReloadReport()
        let ended = await ends(of: plan, removed)
        for step in plan.steps {
            let outcome: PoolReloadReport.Outcome
            switch step.kind {
            case .none: outcome = .unchanged
            case .added: outcome = .added
            case .redefined(let what): outcome = .redefined(what)
            case .changed(let old, let new): outcome = .applied(new.changes(from: old))
            case .needsNewPool(let what): outcome = .needsNewPool(what)
            case .living(let pool, let new): outcome = Self.apply(new, to: pool)
            case .removed: outcome = removed == .keep ? .kept : .removed(ended[step.name])
            }
            report.pools.append(.init(name: step.name, outcome: outcome))
        }
        return report
    }

    /// Shuts down what is no longer named, all at once: none uses up another's time.
    private func ends(of plan: ReloadPlan, _ removed: RemovedPools) async -> [String: ShutdownReport] {
        guard case .shutDown(let limit) = removed else { return [:] }
        return await withTaskGroup(of: (String, ShutdownReport?).self) { group in
            for case (let name, .removed(let definition)) in plan.steps.map({ ($0.name, $0.kind) }) {
                group.addTask { (name, await self.end(definition, within: limit)) }
            }
            var reports: [String: ShutdownReport] = [:]
            for await (name, report) in group { reports[name] = report }
            return reports
        }
    }

    private static func apply(_ new: PoolConfiguration, to pool: any ManagedPool) -> PoolReloadReport.Outcome {
        let old = pool.configuration
        if old == new { return .unchanged }
        do throws(PoolConfigurationError) {
            try pool.apply(new)
            return .applied(new.changes(from: old))
        } catch {
            return .refused(error)
        }
    }

    /// - Throws: what is wrong with any of them.
    private func definitions(of source: some PoolSource) async throws -> [PoolDefinition] {
        let check = self.check
        var definitions: [PoolDefinition] = []
        for specification in try await source.pools(checkedBy: check) {
            definitions.append(try await definition(of: specification))
        }
        return definitions
    }

    /// What sources are given.
    package var check: PoolCheck { PoolCheck(schemes: schemes) { [self] in _ = try await definition(of: $0) } }

    private func definition(of specification: PoolSpecification) async throws -> PoolDefinition {
        let (name, url, password) = (specification.name, specification.url, specification.password)
        if name.isEmpty { throw PoolRegistryError.invalidName("the name of a pool") }
        var text = password?.fixed
        if let password, text == nil {
            let maker = try state.withLock { state throws(PoolRegistryError) in try state.maker(of: name, url: url) }
            if !maker.takesPassword { text = try await password.current() }
        }
        let definition = try state.withLock { [text] state throws(PoolRegistryError) in
            try state.definition(name, url: url, password: password, text: text, specification.configuration)
        }
        try definition.maker.check(definition)
        return definition
    }

    /// Runs `body` after those that came before have ended; cancelled with its caller.
    private func inTurn<R: Sendable>(_ body: @escaping @Sendable (PoolRegistry) async throws -> R) async throws -> R {
        let task = state.withLock { state in
            let task = Task { [self, previous = state.lastTurn] in
                await previous?.value
                return try await body(self)
            }
            state.lastTurn = Task { _ = await task.result }
            return task
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
