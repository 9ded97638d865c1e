/// Where to connect and as whom, in libpq's keywords.
public struct PostgresConfiguration: Sendable {
    public var keywords: [(keyword: String, value: String)]

    public init(keywords: [(keyword: String, value: String)]) { self.keywords = keywords }
}
