internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// A connect: one host after the other, each with its share of the time that is left (F22).
extension MariaDBConnection {
    private static let connector = BlockingExecutor(name: "mariadb-connect", threads: 32)

    /// Opens a session with the first server that will have it.
    static nonisolated(nonsending) func open(_ settings: MariaDB) async throws -> MariaDBConnection {
        let configuration = settings.configuration
        let deadline = MonotonicInstant.now + settings.connectTimeLimit.inNanoseconds
        let password = try await configuration.password?.current() ?? SQLSecret("")
        var failures: [SQLError] = []
        for (index, host) in configuration.hosts.enumerated() {
            let share = max(deadline - .now, 0) / Int64(configuration.hosts.count - index)
            let end = MonotonicInstant.now + share
            do {
                let new = try await open(Login(host, configuration, password), until: end)
                if let link = new.take() { return MariaDBConnection(link, to: host, settings: settings) }
            } catch let error as SQLError {
                failures.append(error)
                // What one server says of a user, the others say, too; asking them all locks accounts.
                if error.kind == .authentication { break }
            }
        }
        throw failure(failures)
    }

    private static nonisolated(nonsending) func open(
        _ login: Login, until deadline: MonotonicInstant
    ) async throws -> NewLink {
        do {
            return try await OffPool.run(on: connector, until: deadline) {
                try NewLink(TLSCall.run { try login.open(until: deadline) })
            }
        } catch is OffPool.DeadlinePassed {
            throw SQLError(
                .cannotOpen,
                "\(login.host) accepts no connection: nothing came from it within its share of connectTimeLimit; is it "
                    + "reachable, and is a server of MariaDB behind that port?")
        }
    }

    private static func failure(_ failures: [SQLError]) -> SQLError {
        guard var error = failures.last else { return SQLError(.cannotOpen, "no host to connect to was given") }
        if failures.count > 1 { error.message = failures.map(\.message).joined(separator: "; ") }
        return error
    }
}

/// A session that came after nobody waited for it any more is closed (F14).
///
/// Sendable because it goes from one thread to another and is used by one at a time.
private final class NewLink: @unchecked Sendable {
    private var link: UnsafeMutablePointer<MYSQL>?

    init(_ link: UnsafeMutablePointer<MYSQL>) { self.link = link }
    deinit { if let link { TLSCall.run { mysql_close(link) } } }

    /// By the one who has asked for it: nil for whoever comes later.
    func take() -> UnsafeMutablePointer<MYSQL>? {
        defer { link = nil }
        return link
    }
}
