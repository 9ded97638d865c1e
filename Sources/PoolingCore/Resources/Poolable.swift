public import ServiceContextModule

/// A resource that takes part in its own life in a pool. Every hook does nothing unless the resource says otherwise.
///
///     make → start → [validate] → acquire(context) … use … → release → idle → … → stop
///
/// The pool calls them from tasks of its own, one at a time for each resource, each within its time: `connectTimeout` for
/// making and ``start()``, `resetTimeout` for ``acquire(context:)`` and ``release()``, `closeTimeout` for ``stop()``.
/// A hook that throws ends the resource. See ``ResourceDriver``.
public protocol Poolable: Sendable {
    /// After it was made, before its first loan. Throws: the resource is stopped, and counts as one that could not be made.
    func start() async throws
    /// Before it is destroyed, whatever the reason. What it throws, nobody hears.
    func stop() async throws
    /// Before each loan, with the context of whoever borrows. Throws: the resource is stopped, and the borrower gets the
    /// error.
    func acquire(context: ServiceContext) async throws
    /// After each loan, off the borrower's path and before anybody else gets it. Throws: the resource is stopped. A resource
    /// that is discarded, broken or taken away at a shutdown's deadline is stopped without it.
    func release() async throws
}

extension Poolable {
    public func start() async throws {}
    public func stop() async throws {}
    public func acquire(context: ServiceContext) async throws {}
    public func release() async throws {}
}
