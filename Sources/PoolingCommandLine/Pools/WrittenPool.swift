internal import PoolingConfiguration
internal import PoolingCore

/// A pool as somebody wrote it, in a file or as a URL, and the driver for it. Nothing is opened yet.
struct WrittenPool: Sendable {
    /// nil: it is a URL and has none.
    var name: String?
    var url: TargetURL
    /// Beside the URL.
    var password: PasswordProvider?
    var driver: RegisteredDriver
    var configuration: PoolConfiguration
    /// The fields of the configuration that were written; nil: the whole is as it is to be.
    var fields: [String]?
    /// What an error about it begins with: "--config pools.yaml: pool 'main'".
    var place: String

    /// - Parameter base: what counts where the URL's `pool_…` parameters say nothing.
    /// - Throws: ``CommandFailure`` that names `--url`.
    init(url text: String, over base: PoolConfiguration = .init(), _ registry: DriverRegistry) throws(CommandFailure) {
        let shown = registry.url(text).shown
        place = "--url \(shown)"
        let parts: PoolURL
        do { parts = try PoolURL(text) } catch { throw .usage("\(place): \(error)") }
        url = registry.url(parts.url)
        guard let driver = registry.driver(for: url) else { throw Self.unknownScheme(text, shown, registry) }
        self.driver = driver
        configuration = parts.configuration(over: base)
        fields = parts.fields
    }

    init(
        name: String? = nil, url: TargetURL, password: PasswordProvider? = nil, driver: RegisteredDriver,
        configuration: PoolConfiguration, fields: [String]? = nil, place: String
    ) {
        self.name = name
        self.url = url
        self.password = password
        self.driver = driver
        self.configuration = configuration
        self.fields = fields
        self.place = place
    }

    /// The driver, which takes the configuration.
    /// - Throws: ``CommandFailure`` that says where the mistake was written.
    func open(_ configuration: PoolConfiguration) throws(CommandFailure) -> any BenchmarkTarget {
        do {
            try configuration.validate()
            let target = try driver.open(url.text, password)
            try target.check(configuration)
            return target
        } catch {
            throw .usage("\(place): \(url.redact("\(error)"))")
        }
    }

    private static func unknownScheme(_ text: String, _ shown: String, _ registry: DriverRegistry) -> CommandFailure {
        let known = "known ones are " + registry.schemes.map { "\($0):" }.joined(separator: ", ")
        if text.isEmpty { return .usage("--url is empty: it must begin with a scheme; \(known)") }
        guard let colon = text.firstIndex(of: ":") else {
            return .usage("--url \(shown): no scheme, as in sqlite:app.db; \(known)")
        }
        let near = Spelling.nearest(to: String(text[..<colon]), among: registry.schemes)
        let hint = near.map { "did you mean \($0):? " } ?? ""
        return .usage("--url \(shown): no driver has this scheme; \(hint)\(known)")
    }
}
