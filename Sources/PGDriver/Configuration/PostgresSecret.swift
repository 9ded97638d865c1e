/// A text that is never shown: not by `print`, not by `dump`, not in an error (F63).
public struct PostgresSecret: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral text: String) { self.text = text }
}

extension PostgresSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a user proves himself with.
public struct PostgresPassword: Sendable {
    private enum Source: Sendable {
        case fixed(PostgresSecret)
        case provider(@Sendable () async throws -> PostgresSecret)
    }

    private let source: Source

    /// Always the same one.
    public static func fixed(_ password: PostgresSecret) -> PostgresPassword { .init(source: .fixed(password)) }

    /// Asked at each connect, within its time: for passwords that expire or rotate (F67). What it throws, the connect
    /// throws.
    public static func provider(_ provider: @escaping @Sendable () async throws -> String) -> PostgresPassword {
        .init(source: .provider { PostgresSecret(try await provider()) })
    }

    /// The one for a connect that begins now.
    nonisolated(nonsending) func current() async throws -> PostgresSecret {
        switch source {
        case .fixed(let secret): secret
        case .provider(let provider): try await provider()
        }
    }

    var isFixed: Bool { if case .fixed = source { true } else { false } }

    /// Known without asking anybody: what an error's text has to be searched for.
    var fixed: PostgresSecret? { if case .fixed(let secret) = source { secret } else { nil } }
}

extension PostgresPassword: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .fixed(PostgresSecret(text)) }
}

extension PostgresPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { isFixed ? "<fixed password>" : "<password provider>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
