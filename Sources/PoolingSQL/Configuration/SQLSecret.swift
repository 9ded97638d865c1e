/// A text that is never shown: not by `print`, not by `dump`, not in an error (F63).
public struct SQLSecret: Sendable, Hashable, ExpressibleByStringLiteral {
    package let text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral text: String) { self.text = text }
}

extension SQLSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a user proves himself with.
public struct SQLPassword: Sendable {
    private enum Source: Sendable {
        case fixed(SQLSecret)
        case provider(@Sendable () async throws -> SQLSecret)
    }

    private let source: Source

    /// Always the same one.
    public static func fixed(_ password: SQLSecret) -> SQLPassword { .init(source: .fixed(password)) }

    /// Asked at each connect, within its time: for passwords that expire or rotate (F67). What it throws, the connect
    /// throws.
    public static func provider(_ provider: @escaping @Sendable () async throws -> String) -> SQLPassword {
        .init(source: .provider { SQLSecret(try await provider()) })
    }

    /// The one for a connect that begins now.
    package nonisolated(nonsending) func current() async throws -> SQLSecret {
        switch source {
        case .fixed(let secret): secret
        case .provider(let provider): try await provider()
        }
    }

    package var isFixed: Bool { if case .fixed = source { true } else { false } }

    /// Known without asking anybody: what an error's text has to be searched for.
    package var fixed: SQLSecret? { if case .fixed(let secret) = source { secret } else { nil } }
}

extension SQLPassword: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .fixed(SQLSecret(text)) }
}

extension SQLPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { isFixed ? "<fixed password>" : "<password provider>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
