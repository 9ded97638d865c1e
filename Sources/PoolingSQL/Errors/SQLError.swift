/// What a database, or the driver on its behalf, refused.
///
/// Never contains a bound value or a credential, so it may be logged.
public struct SQLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is: what a program decides by.
    public var kind: Kind
    /// A sentence for a person: what happened, to what, what to do.
    public var message: String
    /// The five characters of the SQL standard, from databases that give them.
    public var sqlState: String?
    /// The database's own number.
    public var vendorCode: Int?

    public init(_ kind: Kind, _ message: String, sqlState: String? = nil, vendorCode: Int? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
        self.vendorCode = vendorCode
    }

    public var description: String {
        var marks = [kind.description]
        if let sqlState { marks.append("SQLSTATE \(sqlState)") }
        if let vendorCode { marks.append("code \(vendorCode)") }
        return "\(message) (\(marks.joined(separator: ", ")))"
    }
}
