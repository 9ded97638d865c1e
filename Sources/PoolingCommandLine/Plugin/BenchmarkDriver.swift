public import PoolingCore

/// What a driver brings to the command line. Four members make a plugin; a driver that speaks SQL conforms to
/// ``SQLBenchmarkDriver`` and gets every workload for them.
///
///     struct Redis: BenchmarkDriver {
///         let name = "redis"
///         let schemes = ["redis"]
///         func makeDriver(url: String) throws -> RedisDriver { try RedisDriver(url: url) }
///         func perform(_ workload: Workload, choice: UInt64, on handle: RedisHandle) async throws {}
///     }
public protocol BenchmarkDriver: Sendable {
    associatedtype Driver: PoolDriver

    /// As it appears in reports: lower case, one word.
    var name: String { get }
    /// The URL schemes that choose it, without colon.
    var schemes: [String] { get }
    /// - Throws: an error whose description says what is wrong with the URL and does not contain a password.
    func makeDriver(url: String) throws -> Driver
    /// One operation. Nothing for ``Workload/acquire`` and ``Workload/connect``, for which it is called, too: with a
    /// connection all is done.
    /// - Parameter choice: a random number, to pick a row by.
    nonisolated(nonsending) func perform(_ workload: Workload, choice: UInt64, on handle: Driver.Handle) async throws

    // Everything below has a default.

    /// Whether it takes a password beside the URL, and asks for it at each connect. false, the default: a password that
    /// stands beside a URL is put into it. true where `Driver` is a `URLDriver`.
    var takesPassword: Bool { get }
    /// ``makeDriver(url:)`` with the password that stands beside the URL; called with one only if ``takesPassword``.
    func makeDriver(url: String, password: PasswordProvider?) throws -> Driver
    /// Whether a single word before the `@` of a URL is a password, as in `redis://word@host`, and not a user; false by
    /// default. It is not shown then.
    var loneUserIsPassword: Bool { get }
    /// What it can run; `acquire` and `connect` unless it says more.
    var workloads: [Workload] { get }
    /// What to run on if no URL is given: inside `folder`, which is removed afterwards. nil, the default: a driver that
    /// needs a server.
    func embeddedURL(inFolder folder: String) -> String?
    /// The TCP port of a URL that names none; nil, the default: there is no such port.
    var defaultPort: Int? { get }
    /// Where clients should live, asked once for each; `loanExecutor` by default. nil: it has no executor of its own.
    func clientExecutor(for driver: Driver) -> (any TaskExecutor)?
    /// The version of what the connection leads to.
    nonisolated(nonsending) func serverVersion(_ handle: Driver.Handle) async throws -> String
    /// For `pooling check`, which changes nothing: one that makes no database and gives none other settings. Default:
    /// ``makeDriver(url:)``.
    func makeInspector(url: String) throws -> Driver
    /// What `pooling check` holds a configuration against. Default: nothing is known.
    nonisolated(nonsending) func facts(_ handle: Driver.Handle) async throws -> BackendFacts
    /// Makes the data that `workloads` need. What is there already is kept if it is as needed.
    nonisolated(nonsending) func prepare(_ workloads: Set<Workload>, on handle: Driver.Handle) async throws
    /// Removes what `prepare` made.
    nonisolated(nonsending) func cleanUp(_ handle: Driver.Handle) async throws
}

extension BenchmarkDriver {
    public var takesPassword: Bool { false }
    public func makeDriver(url: String, password: PasswordProvider?) throws -> Driver { try makeDriver(url: url) }
    public var loneUserIsPassword: Bool { false }
    public func makeInspector(url: String) throws -> Driver { try makeDriver(url: url) }
    public nonisolated(nonsending) func facts(_ handle: Driver.Handle) async throws -> BackendFacts { BackendFacts() }
    public var workloads: [Workload] { [.acquire, .connect] }
    public func embeddedURL(inFolder folder: String) -> String? { nil }
    public var defaultPort: Int? { nil }
    public func clientExecutor(for driver: Driver) -> (any TaskExecutor)? { driver.loanExecutor }
    public func serverVersion(_ handle: Driver.Handle) async throws -> String { "" }
    public func prepare(_ workloads: Set<Workload>, on handle: Driver.Handle) async throws {}
    public func cleanUp(_ handle: Driver.Handle) async throws {}
}

// What is made from URLs says all of this itself.
extension BenchmarkDriver where Driver: URLDriver {
    public var takesPassword: Bool { true }
    public func makeDriver(url: String) throws -> Driver { try Driver(url: url, password: nil) }
    public func makeDriver(url: String, password: PasswordProvider?) throws -> Driver {
        try Driver(url: url, password: password)
    }
}
