/// What a statement without rows has done.
public struct SQLResult: Sendable, Hashable {
    /// Rows inserted, updated or deleted by the statement itself, not by its triggers. 0 for other statements.
    public var rowsAffected: Int
    /// The key that the database made for an inserted row, where it tells. nil for other statements.
    public var lastInsertID: Int64?

    public init(rowsAffected: Int, lastInsertID: Int64? = nil) {
        self.rowsAffected = rowsAffected
        self.lastInsertID = lastInsertID
    }
}
