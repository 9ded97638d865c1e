internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

// A connect: one host after the other, each with its share of the time that is left (F22).
extension MariaDBConnection {
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
                if let opened = new.take() { return MariaDBConnection(opened, to: host, settings: settings) }
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
            return try await OffPool.run(on: ConnectCrews.crew(for: login.host), until: deadline) {
                // Those before it have used its time up: nobody waits for it any more.
                guard deadline > .now else { throw OffPool.DeadlinePassed() }
                return try NewLink(login.open(until: deadline))
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
    private var opened: Login.Opened?

    init(_ opened: Login.Opened) { self.opened = opened }
    deinit { opened?.close() }

    /// By the one who has asked for it: nil for whoever comes later.
    func take() -> Login.Opened? {
        defer { opened = nil }
        return opened
    }
}

/// The threads on which connects block, so many for each server: one that is deaf keeps nobody from the others.
private enum ConnectCrews {
    private static let threads = 16
    private static let crews = Mutex<[MariaDBHost: BlockingExecutor]>([:])

    static func crew(for host: MariaDBHost) -> BlockingExecutor {
        crews.withLock { crews in
            if let known = crews[host] { return known }
            let new = BlockingExecutor(name: "mariadb-connect", threads: threads)
            crews[host] = new
            return new
        }
    }
}
