public import PoolingCore

/// A URL with the pool's settings in it: `postgres://app@db/app?sslmode=require&pool_min=2&pool_acquire_timeout=5s`.
///
///     try registry.define("main", PoolURL("sqlite:/srv/app.db?pool_max=4"))
///
/// A setting is `pool_` and the name of its field in small letters with underscores; its value is written as in a file, with
/// what has a meaning in URLs escaped (`10%20min`). The rest of the URL goes to the driver byte for byte.
public struct PoolURL: Sendable {
    /// For the driver: without the pool's parameters. May have a password in it.
    public let url: String
    private let parameters: [URLParameters.Parameter]

    /// O(length).
    /// - Throws: ``PoolURLError``, with everything that is wrong with the pool's parameters. Whether the driver takes the
    ///   rest, it says itself.
    public init(_ text: String) throws(PoolURLError) {
        let parts = URLParameters(text)
        var mistakes = parts.mistakes
        var configuration = PoolConfiguration()
        for parameter in parts.parameters {
            do throws(NotationMistake) {
                try parameter.setting.write(parameter.text, &configuration)
            } catch {
                mistakes.append("has the parameter \(parameter.setting.parameter), which \(error.rule)")
            }
        }
        if !mistakes.isEmpty { throw PoolURLError(mistakes: mistakes) }
        parameters = parts.parameters
        url = parts.url
    }

    /// The fields that its parameters set.
    package var fields: [String] { parameters.map(\.setting.name) }

    /// - Returns: `base`, with the URL's parameters on top.
    public func configuration(over base: PoolConfiguration = .init()) -> PoolConfiguration {
        var configuration = base
        // Each has been written once, and does not depend on what was there.
        for parameter in parameters { try? parameter.setting.write(parameter.text, &configuration) }
        return configuration
    }
}

extension PoolURL: CustomStringConvertible, CustomReflectable {
    /// Without the URL, which may have a password in it.
    public var description: String { "<URL of a pool>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is wrong with the pool's parameters of a URL. Shows nothing of their values (F63).
public struct PoolURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Each the end of a sentence about the URL.
    let mistakes: [String]

    public var description: String { mistakes.map { "the URL \($0)" }.joined(separator: "\n") }
}

extension PoolRegistry {
    /// Says what the pool of this name is: ``PoolingCore/PoolRegistry/define(_:url:password:configuration:)`` with the
    /// settings that stand in the URL.
    /// - Parameters:
    ///   - password: beside the URL, which then must have none.
    ///   - configuration: what counts where the URL says nothing.
    /// - Throws: `PoolRegistryError`.
    public func define(
        _ name: String, _ url: PoolURL, password: PoolPassword? = nil, configuration: PoolConfiguration = .init()
    ) throws(PoolRegistryError) {
        try define(name, url: url.url, password: password, configuration: url.configuration(over: configuration))
    }
}
