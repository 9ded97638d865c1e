internal import ServiceContextModule

/// What a ``ResourceDriver`` was made from.
struct ResourceHooks<Resource: Sendable>: Sendable {
    var create: @Sendable () async throws -> Resource
    var start: (@Sendable (Resource) async throws -> Void)?
    var stop: (@Sendable (Resource) async throws -> Void)?
    var validate: (@Sendable (Resource) async throws -> Bool)?
    var acquire: (@Sendable (Resource, ServiceContext) async throws -> Void)?
    var release: (@Sendable (Resource) async throws -> Void)?
    var destroy: (@Sendable (Resource) async throws -> Void)?
    var verdict: (@Sendable (any Error) -> ErrorVerdict)?

    /// Both, whatever the first of them throws: nobody could act on it, and the resource is gone for the pool.
    func end(_ resource: Resource) async {
        try? await stop?(resource)
        try? await destroy?(resource)
    }
}
