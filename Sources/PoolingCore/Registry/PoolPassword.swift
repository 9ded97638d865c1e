/// Asked at each connect for the password that is valid then; what it throws, the connect throws (F67).
public typealias PasswordProvider = @Sendable () async throws -> String

/// What the connections of a pool prove themselves with, and where it is from. Never shown: not by `print`, not by `dump`,
/// not in an error (F63).
public struct PoolPassword: Sendable {
    /// Where it is from, in words: "the file /run/secrets/db". nil: it was given as it is.
    public let source: String?
    private let text: String?
    let provider: PasswordProvider

    /// Always the same one.
    public static func fixed(_ text: String) -> PoolPassword { fixed(text, from: nil) }

    /// The same, with a word on where it was found: two that are equal are from the same place.
    public static func fixed(_ text: String, from source: String?) -> PoolPassword {
        PoolPassword(source: source, text: text) { text }
    }

    /// One that may be another at each connect.
    /// - Parameters:
    ///   - source: tells it from others: two with the same source are taken for the same.
    ///   - provider: asked at each connect, within its time. It must not block the cooperative thread pool.
    public static func provider(from source: String, _ provider: @escaping PasswordProvider) -> PoolPassword {
        PoolPassword(source: source, text: nil, provider)
    }

    private init(source: String?, text: String?, _ provider: @escaping PasswordProvider) {
        self.source = source
        self.text = text
        self.provider = provider
    }

    /// The one that is valid now.
    public func current() async throws -> String { try await provider() }

    /// Known without asking anybody.
    var fixed: String? { text }

    func isSame(as other: PoolPassword) -> Bool { source == other.source && text == other.text }
}

extension PoolPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { source.map { "<password from \($0)>" } ?? "<password>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
