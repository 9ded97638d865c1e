internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

// Stopping a statement takes another session: the protocol has no other way.
extension MariaDBConnection {
    /// Asks the server to stop what this session runs. Cancellation of the calling task is no reason to end it.
    ///
    /// - Returns: whether the server has done so. If false, the request may still arrive at any time: the connection must
    ///   not be used again.
    nonisolated(nonsending) func killStatement(until deadline: MonotonicInstant) async -> Bool {
        guard let password = try? await settings.configuration.password?.current() ?? SQLSecret("") else {
            return false
        }
        var login = Login(host, settings.configuration, password)
        login.isForWork = false
        let (request, thread) = (login, serverThread)
        return await Killer.run(until: deadline) {
            TLSCall.run { Self.kill(thread, by: request, until: deadline) }
        }
    }

    private static func kill(_ thread: UInt, by request: Login, until deadline: MonotonicInstant) -> Bool {
        guard let link = try? request.open(until: deadline) else { return false }
        defer { mysql_close(link) }
        let text = "KILL QUERY \(thread)"
        if mysql_real_query(link, text, UInt(text.utf8.count)) == 0 { return true }
        // The session is gone, and with it whatever it ran.
        return mysql_errno(link) == 1094
    }
}

/// The threads on which statements are stopped, and how many of them at once; more are not, and their connections are closed
/// instead.
enum Killer {
    private static let most = 32
    private static let count = Atomic<Int>(0)
    private static let executor = BlockingExecutor(name: "mariadb-kill", threads: most)

    static nonisolated(nonsending) func run(
        until deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Bool
    ) async -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= most else {
            count.subtract(1, ordering: .relaxed)
            return false
        }
        do {
            return try await OffPool.run(on: executor, until: deadline, isCancellable: false) {
                defer { count.subtract(1, ordering: .relaxed) }
                return body()
            }
        } catch {
            return false
        }
    }
}
