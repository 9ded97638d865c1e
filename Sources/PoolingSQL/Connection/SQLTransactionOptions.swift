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

    public init(access: Access = .readWrite, isolation: Isolation? = nil) {
        self.access = access
        self.isolation = isolation
    }

    public static let readWrite = SQLTransactionOptions()
    public static let readOnly = SQLTransactionOptions(access: .readOnly)
}
