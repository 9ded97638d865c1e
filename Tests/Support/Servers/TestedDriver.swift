package import PoolingCore
package import PoolingSQL

/// What the scenarios that servers of every kind go through have to know of one.
package protocol TestedDriver: SQLDriver where Handle: TestedHandle {
    var cancelTimeout: Duration { get set }
    var connectTimeLimit: Duration { get set }
    static func nextExecutor() -> EventLoopExecutor

    /// To the server that the tests share, as somebody who sees the sessions of all others.
    static var observing: Self { get }
    /// The same server behind a proxy of its own, with sessions that can be told from others.
    static func proxied(_ name: String) async throws -> ProxiedServer<Self>

    /// 0, after so many seconds.
    static func sleep(_ seconds: Double) -> SQLQuery
    /// What the server calls the session that asks.
    static var ownSession: SQLQuery { get }
    /// How many sessions of this name execute something at this moment: one or none.
    static func activity(of session: Int) -> SQLQuery
    /// How many sessions have this name: one or none.
    static func presence(of session: Int) -> SQLQuery
    /// Columns for each `x` from 1 to `end`, in this order.
    static func series(_ columns: String, to end: Int) -> SQLQuery
}

package protocol TestedHandle: SQLConnection {
    func until(_ deadline: ContinuousClock.Instant) -> Self
}

extension SQLDriver {
    /// A connection on loan for the time of `body`; taken back and closed afterwards.
    @discardableResult package func lending<R: Sendable>(
        _ body: (Handle, Connection) async throws -> R
    ) async throws -> R {
        let connection = try await connect()
        let result: Result<R, any Error>
        do {
            result = .success(try await body(lend(connection, loan: .first), connection))
        } catch {
            result = .failure(error)
        }
        reclaim(connection, loan: .first)
        await close(connection)
        return try result.get()
    }

    package func close(_ connection: Connection) async {
        await close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }
}
