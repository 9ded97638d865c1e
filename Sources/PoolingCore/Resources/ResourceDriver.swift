public import ServiceContextModule
internal import Synchronization

/// Pools any object: a driver from closures, from ``Poolable`` resources, or both, in which case a closure wins over the
/// resource's own hook.
///
///     let parsers = try Pool(ResourceDriver { try Parser(grammar) }, configuration: .init(max: 4))
///     let tree = try await parsers.withConnection { try $0.parse(text) }
///
/// The life of a resource, and what each hook may throw, is told at ``Poolable``. Hooks that are absent cost nothing:
/// without `acquire` and `release` a loan is the lock-free one. Hooks run in tasks of the pool and must not block the
/// cooperative threads; what blocks belongs on a ``BlockingExecutor``.
///
/// Borrowers get the resource as it is. Nothing can refuse its use after the loan has ended; where that matters, write a
/// ``PoolDriver`` with a handle and a ``LoanGate``.
public struct ResourceDriver<Resource: Sendable>: PoolDriver {
    public typealias Connection = PooledResource<Resource>
    public typealias Handle = Resource

    private let hooks: ResourceHooks<Resource>
    public let requiredHooks: DriverHooks

    /// From closures.
    ///
    /// - Parameters:
    ///   - create: makes one, ready for use, within `connectTimeout`. While it throws, attempts are spaced by the pool's
    ///     ``Backoff``, and acquires that time out name its error.
    ///   - validate: whether it still works; asked when ``PoolConfiguration/validation`` says so, on return with
    ///     ``PoolConfiguration/validatesOnReturn``. False or an error: it is destroyed, and the borrower gets another.
    ///   - acquire: before each loan, with the borrower's context. Throws: it is destroyed, and the borrower gets the error.
    ///   - release: after each loan, off the borrower's path. Throws: it is destroyed.
    ///   - destroy: ends it, within `closeTimeout`. What it throws, nobody hears.
    ///   - verdict: what an error that left the body of a loan says about the resource. Default: nothing.
    public init(
        create: @escaping @Sendable () async throws -> Resource,
        validate: (@Sendable (Resource) async throws -> Bool)? = nil,
        acquire: (@Sendable (Resource, ServiceContext) async throws -> Void)? = nil,
        release: (@Sendable (Resource) async throws -> Void)? = nil,
        destroy: (@Sendable (Resource) async throws -> Void)? = nil,
        verdict: (@Sendable (any Error) -> ErrorVerdict)? = nil
    ) {
        self.init(
            ResourceHooks(
                create: create, validate: validate, acquire: acquire, release: release, destroy: destroy,
                verdict: verdict))
    }

    /// From ``Poolable`` resources. Each is started when it was made and stopped before it is destroyed.
    ///
    /// - Parameters: as ``init(create:validate:acquire:release:destroy:verdict:)``; `acquire` and `release` stand in for
    ///   the resource's own hooks, `destroy` runs after its ``Poolable/stop()``.
    public init(
        create: @escaping @Sendable () async throws -> Resource,
        validate: (@Sendable (Resource) async throws -> Bool)? = nil,
        acquire: (@Sendable (Resource, ServiceContext) async throws -> Void)? = nil,
        release: (@Sendable (Resource) async throws -> Void)? = nil,
        destroy: (@Sendable (Resource) async throws -> Void)? = nil,
        verdict: (@Sendable (any Error) -> ErrorVerdict)? = nil
    ) where Resource: Poolable {
        self.init(
            ResourceHooks(
                create: create, start: { try await $0.start() }, stop: { try await $0.stop() }, validate: validate,
                acquire: acquire ?? { try await $0.acquire(context: $1) },
                release: release ?? { try await $0.release() },
                destroy: destroy, verdict: verdict))
    }

    /// Each resource is what `key` resolves to in `container`, resolved anew.
    public init<Container: ResourceContainer>(
        resolving key: Container.Key, in container: Container, as type: Resource.Type = Resource.self
    ) {
        self.init(create: { try await container.resolve(key, as: Resource.self) })
    }

    /// Each resource is what `key` resolves to in `container`, resolved anew, started, and stopped before it is let go of.
    public init<Container: ResourceContainer>(
        resolving key: Container.Key, in container: Container, as type: Resource.Type = Resource.self
    ) where Resource: Poolable {
        self.init(create: { try await container.resolve(key, as: Resource.self) })
    }

    private init(_ hooks: ResourceHooks<Resource>) {
        self.hooks = hooks
        var required: DriverHooks = []
        if hooks.acquire != nil { required.insert(.prepare) }
        if hooks.release != nil { required.formUnion([.lend, .condition, .reset]) }
        if hooks.verdict != nil { required.insert(.verdict) }
        requiredHooks = required
    }

    // MARK: - PoolDriver

    public func connect() async throws -> PooledResource<Resource> {
        let resource = try await hooks.create()
        do {
            try await hooks.start?(resource)
        } catch {
            // Where its time is up, this task was told to stop; the end of the resource must not take that for its own.
            await Task.detached { [hooks] in await hooks.end(resource) }.value
            throw error
        }
        return PooledResource(resource)
    }

    public func validate(_ connection: PooledResource<Resource>) async throws {
        if let validate = hooks.validate, try await !validate(connection.resource) {
            throw ResourceUnfit(kind: "\(Resource.self)")
        }
    }

    public func close(
        _ connection: PooledResource<Resource>, reason: CloseReason, deadline: ContinuousClock.Instant
    ) async {
        // Each acquire has its release, also where the loan was the last: unless the release is what has failed, or the
        // resource is not wanted any more.
        switch reason {
        case .resetFailed, .prepareFailed, .late, .broken, .discarded, .validationFailed: break
        default:
            if connection.awaitsRelease || connection.isAcquired.load(ordering: .relaxed),
                ContinuousClock.now < deadline
            {
                try? await release(connection)
            }
        }
        await hooks.end(connection.resource)
    }

    @inlinable
    public func lend(_ connection: PooledResource<Resource>, loan: LoanID) -> Resource {
        if requiredHooks.contains(.reset) { connection.noteLoan() }
        return connection.resource
    }

    @inlinable
    public func condition(of connection: PooledResource<Resource>) -> ConnectionCondition {
        connection.awaitsRelease ? .dirty : .ready
    }

    public func prepare(_ connection: PooledResource<Resource>, context: ServiceContext) async throws {
        guard let acquire = hooks.acquire else { return }
        // Whom it was acquired for before did not come to borrow it: each acquire has its release.
        if connection.isAcquired.load(ordering: .relaxed) { try await release(connection) }
        connection.isAcquired.store(true, ordering: .relaxed)
        do {
            try await acquire(connection.resource, context)
        } catch {
            // Told to stop at its deadline, it does not speak of the borrower, who gets another.
            throw Task.isCancelled ? error : LoanRefusal(error)
        }
    }

    public func reset(_ connection: PooledResource<Resource>) async throws {
        try await release(connection)
    }

    private func release(_ connection: PooledResource<Resource>) async throws {
        try await hooks.release?(connection.resource)
        connection.isUsed.store(false, ordering: .relaxed)
        connection.isAcquired.store(false, ordering: .relaxed)
    }

    public func verdict(on error: any Error) -> ErrorVerdict { hooks.verdict?(error) ?? .keep }
}

/// What a resource's `validate` meant by saying false.
public struct ResourceUnfit: Error, Sendable, CustomStringConvertible {
    let kind: String
    public var description: String { "its validate closure finds the \(kind) unfit" }
}
