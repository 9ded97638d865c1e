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
        guard let server, let password = await currentPassword(until: deadline) else { return false }
        var login = Login(host, settings.configuration, password)
        login.isForWork = false
        let (request, thread) = (login, serverThread)
        return await Killer.run(until: deadline) {
            guard let opened = try? request.open(until: deadline) else { return false }
            defer { opened.close() }
            // Elsewhere the number is a stranger's, and so it is where the server has begun to count anew.
            guard opened.server == server, mysql_thread_id(opened.link) > thread else { return false }
            let text = "KILL QUERY \(thread)"
            return TLSCall.run {
                if mysql_real_query(opened.link, text, UInt(text.utf8.count)) == 0 { return true }
                // The session is gone, and with it whatever it ran.
                return mysql_errno(opened.link) == 1094
            }
        }
    }

    /// Asked for anew, as it may have changed, and whatever becomes of the calling task; nil if it does not come in time.
    private nonisolated(nonsending) func currentPassword(until deadline: MonotonicInstant) async -> SQLSecret? {
        guard let password = settings.configuration.password else { return SQLSecret("") }
        if let fixed = password.fixed { return fixed }
        return try? await OffPool.await(until: deadline) { try await password.current() }
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
