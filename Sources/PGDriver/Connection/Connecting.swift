internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// A connect: names, then one address after the other, each with its share of the time that is left (F22). libpq goes on
// to the next address only when one refuses, and waits for ever for one that says nothing.
extension PGConnection {
    /// Opens a session with the first server that will have it.
    static nonisolated(nonsending) func open(_ settings: Postgres) async throws -> PGConnection {
        let configuration = settings.configuration
        let span = configuration.connectTimeout ?? PostgresConfiguration.defaultConnectTimeout
        let deadline = MonotonicInstant.now + span.inNanoseconds
        let password = try await configuration.password?.current()
        let attempts = ConnectPlan.attempts(configuration)
        var failures: [SQLError] = []
        for (index, attempt) in attempts.enumerated() {
            let left = Duration.nanoseconds(max(deadline - .now, 0))
            let share = ConnectPlan.share(of: left, attemptsLeft: attempts.count - index)
            do {
                return try await open(attempt, password, settings, until: .now + share.inNanoseconds)
            } catch let error as SQLError {
                failures.append(error)
                // What one server says of a user, the others say, too; asking them all locks accounts.
                if error.kind == .authentication { break }
            }
        }
        throw failure(failures)
    }

    /// Tries every address of one host.
    private static nonisolated(nonsending) func open(
        _ attempt: ConnectPlan.Attempt, _ password: PostgresSecret?, _ settings: Postgres,
        until deadline: MonotonicInstant
    ) async throws -> PGConnection {
        let addresses = try await Resolution.addresses(of: attempt.host, until: deadline)
        var failures: [SQLError] = []
        for (index, address) in addresses.enumerated() {
            let left = max(deadline - .now, 0)
            let parameters = ConnectionParameters(
                settings.configuration, host: attempt.host, address: address, password: password,
                session: attempt.session)
            do {
                return try await open(
                    parameters, attempt.host, settings, until: .now + left / Int64(addresses.count - index))
            } catch let error as SQLError {
                failures.append(error)
                if error.kind == .authentication { break }
            }
        }
        throw failure(failures)
    }

    private static func failure(_ failures: [SQLError]) -> SQLError {
        guard var error = failures.last else { return SQLError(.cannotOpen, "no host to connect to was given") }
        // Two addresses of a host often have the same to say.
        var messages: [String] = []
        for failure in failures where !messages.contains(failure.message) { messages.append(failure.message) }
        if messages.count > 1 { error.message = messages.joined(separator: "; ") }
        return error
    }

    private static nonisolated(nonsending) func open(
        _ parameters: ConnectionParameters, _ host: PostgresHost, _ settings: Postgres, until deadline: MonotonicInstant
    ) async throws -> PGConnection {
        let notices = Notices(settings.onNotice)
        let started = withCStrings(parameters.pairs.map(\.keyword)) { names in
            withCStrings(parameters.pairs.map(\.value)) { values in PQconnectStartParams(names, values, 1) }
        }
        guard let link = started else { throw SQLError(.cannotOpen, "out of memory in libpq") }
        func refusal() -> SQLError {
            let said = PQerrorMessage(link).map { String(cString: $0) } ?? ""
            return LoginFailure(said, host: host, configuration: settings.configuration).error
        }
        do {
            notices.install(in: link)
            // Errors of a login have their SQLSTATE in their text only, and there only in this way.
            PQsetErrorVerbosity(link, PQERRORS_VERBOSE)
            guard try await establish(link, host, until: deadline) else { throw refusal() }
            PQsetErrorVerbosity(link, PQERRORS_DEFAULT)
            guard PQsetnonblocking(link, 1) == 0 else { throw refusal() }
            return PGConnection(link, settings: settings, notices: notices)
        } catch {
            PQfinish(link)
            throw error
        }
    }

    /// - Returns: whether there is a session now.
    private static nonisolated(nonsending) func establish(
        _ link: OpaquePointer, _ host: PostgresHost, until deadline: MonotonicInstant
    ) async throws -> Bool {
        guard PQstatus(link) != CONNECTION_BAD else { return false }
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else { return false }
            // libpq may close one socket and open another at each step, often with the same number, so that each wait has
            // a registration of its own, which is gone before libpq goes on.
            let socket = EventSocket(PQsocket(link))
            defer { socket.close() }
            do {
                _ = try await socket.wait(for: step == PGRES_POLLING_READING ? .readable : .writable, until: deadline)
            } catch let error as SocketWaitError where error.code == .deadlinePassed {
                throw SQLError(
                    .cannotOpen,
                    "nothing came from \(host) within its share of connectTimeout; is it reachable, and is a server of "
                        + "PostgreSQL behind that port?")
            }
            socket.close()
            step = PQconnectPoll(link)
        }
        return true
    }
}

extension PostgresConfiguration {
    /// The pool's own default: less would give up where it would still wait, more would leave later hosts no time.
    static var defaultConnectTimeout: Duration { .seconds(10) }
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
