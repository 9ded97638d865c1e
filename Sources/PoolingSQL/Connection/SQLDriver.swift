public import PoolingCore

/// A driver whose connections speak SQL. Pools of such drivers have `query`, `execute` and `transaction`.
public protocol SQLDriver: PoolDriver where Handle: SQLConnection {
    /// The schemes of the URLs that it takes: `["sqlite", "sqlite3"]`.
    static var schemes: [String] { get }
    static var dialect: SQLDialect { get }
}
