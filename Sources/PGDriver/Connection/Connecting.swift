internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// A connect: names, then one address after the other, each with its share of the time that is left (F22). libpq goes on
// to the next address only when one refuses, and waits for ever for one that says nothing.
extension PGConnection {
    /// Opens a session with the first server that will have it.
    static nonisolated(nonsending) func open(_ settings: Postgres) async throws -> PGConnection {
        let configuration = settings.configuration
        let deadline = MonotonicInstant.now + settings.connectTime.inNanoseconds
        let password = try await configuration.password?.current()
        let targets = try await Target.all(in: configuration, until: deadline)
        var failures: [SQLError] = []
        for (index, target) in targets.enumerated() {
            let now = MonotonicInstant.now
            let share = max(deadline - now, 0) / Int64(targets.count - index)
            do {
                return try await open(target, password, settings, until: now + share)
            } catch let error as SQLError {
                failures.append(error)
                // What one server says of a user, the others say, too; asking them all locks accounts.
                if error.kind == .authentication { break }
            }
        }
        throw failure(failures)
    }

    private static func failure(_ failures: [SQLError]) -> SQLError {
        guard var error = failures.last else { return SQLError(.cannotOpen, "no host to connect to was given") }
        if failures.count > 1 { error.message = failures.map(\.message).joined(separator: "; ") }
        return error
    }

    private static nonisolated(nonsending) func open(
        _ target: Target, _ password: PostgresSecret?, _ settings: Postgres, until deadline: MonotonicInstant
    ) async throws -> PGConnection {
        let notices = Notices(settings.onNotice)
        let parameters = ConnectionParameters(
            settings.configuration, host: target.host, address: target.address, password: password,
            session: target.session)
        guard let link = start(parameters) else { throw SQLError(.cannotOpen, "out of memory in libpq") }
        do {
            notices.install(in: link)
            // Errors of a login have their SQLSTATE in their text only, and there only in this way.
            PQsetErrorVerbosity(link, PQERRORS_VERBOSE)
            try await establish(link, target, settings.configuration, password, until: deadline)
            PQsetErrorVerbosity(link, PQERRORS_DEFAULT)
            guard PQsetnonblocking(link, 1) == 0 else {
                throw SQLError(.cannotOpen, "libpq refuses to work without blocking: \(text(of: link))")
            }
            return PGConnection(link, settings: settings, notices: notices)
        } catch {
            PQfinish(link)
            throw error
        }
    }

    private static func start(_ parameters: ConnectionParameters) -> OpaquePointer? {
        withCStrings(parameters.pairs.map(\.keyword)) { names in
            // 1: the first dbname is a connection string, which says what is empty.
            withCStrings(parameters.pairs.map(\.value)) { values in PQconnectStartParams(names, values, 1) }
        }
    }

    private static nonisolated(nonsending) func establish(
        _ link: OpaquePointer, _ target: Target, _ configuration: PostgresConfiguration, _ password: PostgresSecret?,
        until deadline: MonotonicInstant
    ) async throws {
        guard PQstatus(link) != CONNECTION_BAD else { throw refusal(of: link, target, configuration, password) }
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else { throw refusal(of: link, target, configuration, password) }
            // libpq may close one socket and open another at each step, often with the same number, so that each wait has
            // a registration of its own, which is gone before libpq goes on.
            let socket = EventSocket(PQsocket(link))
            defer { socket.close() }
            do {
                _ = try await socket.wait(for: step == PGRES_POLLING_READING ? .readable : .writable, until: deadline)
            } catch let error as SocketWaitError where error.code == .deadlinePassed {
                throw SQLError(
                    .cannotOpen,
                    "\(target.host) accepts no connection: nothing came from it within its share of "
                        + "the time for a connect; is it reachable, and is a server of PostgreSQL behind that port?")
            }
            socket.close()
            step = PQconnectPoll(link)
        }
    }

    /// Why there is no connection, and to what.
    private static func refusal(
        of link: OpaquePointer, _ target: Target, _ configuration: PostgresConfiguration, _ password: PostgresSecret?
    ) -> SQLError {
        LoginFailure(text(of: link), host: target.host, configuration: configuration, password: password).error
    }

    private static func text(of link: OpaquePointer) -> String {
        PQerrorMessage(link).map { String(cString: $0) } ?? ""
    }
}

/// Texts as C has them, ended by NULL.
func withCStrings<R>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes += text.utf8CString
    }
    return bytes.withUnsafeBufferPointer { bytes in
        var pointers = starts.map { start in bytes.baseAddress.map { $0 + start } }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer { pointers in
            // There is always one, the last.
            guard let first = pointers.baseAddress else { return withUnsafePointer(to: nil) { body($0) } }
            return body(first)
        }
    }
}
