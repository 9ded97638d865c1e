internal import ArgumentParser
internal import MariaDBDriver
internal import PGDriver
internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit

/// A loan whose statements can be told when to end.
protocol EndingConnection: SQLConnection {
    func until(_ deadline: ContinuousClock.Instant) -> Self
}

extension PGHandle: EndingConnection {}
extension MariaDBHandle: EndingConnection {}

/// What the runs have to know of a database beyond ``SQLConnection``: where it is, and how its SQL says what all of them ask.
protocol SoakDatabase: SQLDriver where Handle: EndingConnection {
    init(url: String) throws(PoolConfigurationError)
    static func nextExecutor() -> EventLoopExecutor

    /// Of the first host.
    var place: FaultProxy.Target { get }
    /// The same server behind a proxy on loopback; its sessions are called `name` where sessions have names.
    func behind(_ port: Int, as name: String) -> Self

    /// One row of two columns, a text and so many x, after some work.
    static func answer(_ text: String, padding: Int, after work: Duration) -> SQLQuery
    /// Rows of two columns, the text and the numbers from 1.
    static func series(_ text: String, _ count: Int) -> SQLQuery
    /// Notes a text for as long as the transaction lasts.
    static func remember(_ text: String) -> SQLQuery
    static var remembered: SQLQuery { get }

    /// What one text of SQL with several results begins with is ``answer(_:padding:after:)``; nil: there is none.
    static func severalResults(_ text: String, padding: Int, after work: Duration, of name: String) -> SQLQuery?
    /// What has to be there for that, and what removes it.
    static func setUp(_ name: String) -> [SQLQuery]
    static func tearDown(_ name: String) -> [SQLQuery]

    /// What the server calls the session that asks.
    static var session: SQLQuery { get }
    /// Those that the server has, but for the one that asks: of this name, or of this user if sessions have no names.
    static func sessions(of name: String) -> SQLQuery
    /// Has the server stop what a session runs.
    static func stop(_ session: String) -> SQLQuery
    /// Whether a statement was stopped and its connection goes on, although some of what it did may stay.
    static func isStoppedMidway(_ error: SQLError) -> Bool
}

/// The databases that a run can be told to use.
enum SoakDatabases {
    private static let all: [any SoakDatabase.Type] = [Postgres.self, MariaDB.self]

    /// By the scheme of the URL.
    static func named(in url: String) throws -> any SoakDatabase.Type {
        let scheme = url.prefix { $0 != ":" }
        guard let found = all.first(where: { $0.schemes.contains(String(scheme)) }) else {
            let schemes = all.flatMap { $0.schemes }.map { "\($0)://" }.joined(separator: ", ")
            throw ValidationError("the scheme of the URL is not known; those that are: \(schemes)")
        }
        return found
    }
}
