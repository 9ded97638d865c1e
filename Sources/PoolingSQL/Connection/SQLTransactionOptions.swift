/// How a transaction begins.
public struct SQLTransactionOptions: Sendable, Hashable {
    public enum Access: Sendable, Hashable {
        case readWrite
        /// Writes are refused where the database can; nobody is kept from writing meanwhile.
        case readOnly
    }

    public enum Isolation: Sendable, Hashable {
        case readCommitted
        case repeatableRead
        case serializable
    }

    public var access: Access
    /// At least this much isolation. nil: the database's default.
    public var isolation: Isolation?

    /// Waits for a moment from which on a transaction that is serializable and only reads can't fail any more, nor let
    /// others fail. PostgreSQL only; elsewhere, and for other transactions, it means nothing.
    public var isDeferrable: Bool

    public init(access: Access = .readWrite, isolation: Isolation? = nil, isDeferrable: Bool = false) {
        self.access = access
        self.isolation = isolation
        self.isDeferrable = isDeferrable
    }

    public static let readWrite = SQLTransactionOptions()
    public static let readOnly = SQLTransactionOptions(access: .readOnly)
}
