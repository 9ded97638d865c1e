/// The order in which servers are tried, and how long each may take (F22).
struct ConnectPlan {
    struct Attempt: Hashable {
        var host: PostgresHost
        /// Which server will do at this attempt.
        var session: PostgresTargetSession
    }

    /// All of them, in order. Where a standby is preferred, every host is first asked for one.
    static func attempts(_ configuration: PostgresConfiguration) -> [Attempt] {
        guard configuration.targetSession == .preferStandby else {
            return configuration.hosts.map { Attempt(host: $0, session: configuration.targetSession) }
        }
        // libpq has this for a list of hosts in one call, whose time nobody could split.
        return [.standby, .any].flatMap { session in configuration.hosts.map { Attempt(host: $0, session: session) } }
    }

    /// What one attempt may take, when so many are left, it among them: what an earlier one has not used, the later ones
    /// have more.
    static func share(of rest: Duration, attemptsLeft: Int) -> Duration { max(rest, .zero) / max(attemptsLeft, 1) }
}
