/// Where resources come from by key: the way into whatever container an application puts its parts together with.
public protocol ResourceContainer<Key>: Sendable {
    associatedtype Key: Sendable

    /// A new instance each time it is called.
    /// - Throws: an error that names the key if there is nothing behind it, or something of another type.
    func resolve<Resource: Sendable>(_ key: Key, as type: Resource.Type) async throws -> Resource
}
