public import PoolingCore

/// The drivers of a command line, by URL scheme.
public struct DriverRegistry: Sendable {
    var drivers: [RegisteredDriver] = []

    public init() {}

    /// Adds a driver. One that was added later has its schemes first.
    @inlinable public mutating func register<Plugin: BenchmarkDriver>(_ plugin: Plugin) {
        insert(
            RegisteredDriver(
                name: plugin.name, schemes: plugin.schemes, workloads: plugin.workloads,
                defaultPort: plugin.defaultPort, takesPassword: plugin.takesPassword,
                loneUserIsPassword: plugin.loneUserIsPassword,
                embeddedURL: { plugin.embeddedURL(inFolder: $0) },
                enroll: { registry in
                    // One by one: those of a later driver stay its own.
                    for scheme in plugin.schemes {
                        if plugin.takesPassword {
                            try? registry.register(scheme) { try plugin.makeDriver(url: $0, password: $1) }
                        } else {
                            try? registry.register(scheme) { try plugin.makeDriver(url: $0) }
                        }
                    }
                },
                open: { url, password in
                    let driver = try plugin.makeDriver(url: url, password: password)
                    return PluginTarget(plugin: plugin, driver: driver, loops: ClientLoops(plugin, driver))
                },
                inspect: { url, password in
                    let driver =
                        if let password {
                            try plugin.makeDriver(url: url, password: password)
                        } else {
                            try plugin.makeInspector(url: url)
                        }
                    return PluginTarget(plugin: plugin, driver: driver, loops: ClientLoops(plugin, driver))
                }))
    }

    @usableFromInline mutating func insert(_ driver: RegisteredDriver) { drivers.append(driver) }

    /// The driver for a URL, by its scheme.
    func driver(for url: TargetURL) -> RegisteredDriver? { driver(forURL: url.text) }

    private func driver(forURL text: String) -> RegisteredDriver? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let scheme = text[..<colon].lowercased()
        return drivers.last { $0.schemes.contains(scheme) }
    }

    /// As its driver wants it to be shown; what no driver knows shows no user that may be a password.
    /// - Parameter password: what stands beside it, and is to be shown as little.
    func url(_ text: String, password: String? = nil) -> TargetURL {
        TargetURL(
            text, loneUserIsPassword: driver(forURL: text)?.loneUserIsPassword ?? true, besides: password)
    }

    /// What is run if no URL is given: the first driver that can do without.
    var embedded: RegisteredDriver? { drivers.first { $0.embeddedURL("") != nil } }

    var schemes: [String] { drivers.flatMap(\.schemes) }
}

/// A ``BenchmarkDriver`` with its types forgotten.
@usableFromInline struct RegisteredDriver: Sendable {
    @usableFromInline let name: String
    @usableFromInline let schemes: [String]
    @usableFromInline let workloads: [Workload]
    @usableFromInline let defaultPort: Int?
    @usableFromInline let takesPassword: Bool
    @usableFromInline let loneUserIsPassword: Bool
    @usableFromInline let embeddedURL: @Sendable (_ folder: String) -> String?
    @usableFromInline let enroll: @Sendable (PoolRegistry) -> Void
    @usableFromInline let open: @Sendable (_ url: String, PasswordProvider?) throws -> any BenchmarkTarget
    @usableFromInline let inspect: @Sendable (_ url: String, PasswordProvider?) throws -> any BenchmarkTarget

    @usableFromInline init(
        name: String, schemes: [String], workloads: [Workload], defaultPort: Int?,
        takesPassword: Bool, loneUserIsPassword: Bool,
        embeddedURL: @escaping @Sendable (String) -> String?,
        enroll: @escaping @Sendable (PoolRegistry) -> Void,
        open: @escaping @Sendable (String, PasswordProvider?) throws -> any BenchmarkTarget,
        inspect: @escaping @Sendable (String, PasswordProvider?) throws -> any BenchmarkTarget
    ) {
        self.name = name
        self.schemes = schemes.map { $0.lowercased() }
        self.workloads = workloads
        self.defaultPort = defaultPort
        self.takesPassword = takesPassword
        self.loneUserIsPassword = loneUserIsPassword
        self.embeddedURL = embeddedURL
        self.enroll = enroll
        self.open = open
        self.inspect = inspect
    }
}
