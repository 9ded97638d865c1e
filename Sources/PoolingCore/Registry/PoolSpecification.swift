/// What a pool is to be, as a ``PoolSource`` says it.
public struct PoolSpecification: Sendable {
    public var name: String
    /// For the driver; its scheme says which one. May have a password in it, and is never shown.
    public var url: String
    /// Beside the URL, which then must have none.
    public var password: PoolPassword?
    public var configuration: PoolConfiguration

    public init(name: String, url: String, password: PoolPassword? = nil, configuration: PoolConfiguration = .init()) {
        self.name = name
        self.url = url
        self.password = password
        self.configuration = configuration
    }
}

extension PoolSpecification: CustomStringConvertible, CustomReflectable {
    /// Without the URL.
    public var description: String { "pool '\(name)', \(configuration)" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name, "configuration": configuration]) }
}
