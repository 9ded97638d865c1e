/// A driver that is made from URLs: then one word registers it.
///
///     try registry.register(Postgres.self)
public protocol URLDriver: PoolDriver {
    /// The schemes of the URLs that it takes: `["postgres", "postgresql"]`.
    static var schemes: [String] { get }

    /// Opens nothing.
    /// - Parameters:
    ///   - url: with one of the schemes.
    ///   - password: asked at each connect; nil: the URL has one, or there is none.
    /// - Throws: if the URL can't be understood, if there are two passwords, or if the backend knows none. Shows nothing of
    ///   what was written where a password may stand (F63).
    init(url: String, password: PasswordProvider?) throws
}
