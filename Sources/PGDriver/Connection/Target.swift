internal import PoolingCore
internal import PoolingSQL

/// One place to try: a host with one of its addresses.
struct Target: Sendable, Hashable {
    var host: PostgresHost
    /// In digits; nil for a unix socket.
    var address: String?
    /// Which server will do.
    var session: PostgresTargetSession
}

extension Target {
    /// Every address of every host, in the order of the attempts. Hosts that have none are left out, unless there is no
    /// other.
    static nonisolated(nonsending) func all(
        in configuration: PostgresConfiguration, until deadline: MonotonicInstant
    ) async throws -> [Target] {
        var targets: [Target] = []
        var known: [String: [String]] = [:]
        var failure: SQLError?
        for attempt in ConnectPlan.attempts(configuration) {
            let host = attempt.host
            if host.isUnixSocket || host.address != nil {
                targets.append(Target(host: host, address: host.address, session: attempt.session))
                continue
            }
            do {
                let addresses =
                    if let found = known[host.name] { found } else {
                        try await Resolution.addresses(of: host.name, until: deadline)
                    }
                known[host.name] = addresses
                targets += addresses.map { Target(host: host, address: $0, session: attempt.session) }
            } catch let error as SQLError {
                known[host.name] = []
                failure = error
            }
        }
        if targets.isEmpty, let failure { throw failure }
        return targets
    }
}
