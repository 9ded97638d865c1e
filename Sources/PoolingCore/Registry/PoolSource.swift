/// Says which pools there are: a file, a service, whatever can be asked again. See ``PoolRegistry/fill(from:)``.
public protocol PoolSource: Sendable {
    /// All of its pools, as they are to be now. Called off the registry's lock, for one reload at a time; it must not fill
    /// or reload the same registry, which would wait for itself.
    ///
    /// - Parameter check: tells what the registry has against a specification, so that a source can say where the mistake
    ///   was written, and name all of them. The registry checks again whatever is returned.
    /// - Throws: if anything is wrong with any of them: then nothing is changed.
    func pools(checkedBy check: PoolCheck) async throws -> [PoolSpecification]
}

/// Whether a registry and its driver take a specification. Opens nothing.
public struct PoolCheck: Sendable {
    /// Of the URLs that the registry has drivers for, in alphabetical order.
    public let schemes: [String]
    let check: @Sendable (PoolSpecification) async throws -> Void

    /// - Throws: ``PoolRegistryError``, ``PoolConfigurationError``, what the driver's initialiser throws, and what the
    ///   password's provider does where the driver takes only a URL.
    public func callAsFunction(_ specification: PoolSpecification) async throws { try await check(specification) }
}
