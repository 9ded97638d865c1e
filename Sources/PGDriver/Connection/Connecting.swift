internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// A connect: names, then one address after the other, each with its share of the time that is left (F22). libpq goes on
// to the next address only when one refuses, and waits for ever for one that says nothing.
extension PGConnection {
    /// Opens a session with the first server that will have it.
    static nonisolated(nonsending) func open(_ settings: Postgres) async throws -> PGConnection {
        let deadline = MonotonicInstant.now + settings.connectTimeLimit.inNanoseconds
        let keywords = settings.configuration.keywords
        let targets = try await Target.all(in: keywords, until: deadline)
        var failures: [SQLError] = []
        for (index, target) in targets.enumerated() {
            let now = MonotonicInstant.now
            let share = max(deadline - now, 0) / Int64(targets.count - index)
            do {
                return try await open(target, keywords, settings, until: now + share)
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
        _ target: Target, _ keywords: [(keyword: String, value: String)], _ settings: Postgres,
        until deadline: MonotonicInstant
    ) async throws -> PGConnection {
        let notices = Notices(settings.onNotice)
        guard let link = start(target, keywords) else { throw SQLError(.cannotOpen, "out of memory in libpq") }
        do {
            notices.install(in: link)
            // Errors of a login have their SQLSTATE in their text only, and there only in this way.
            PQsetErrorVerbosity(link, PQERRORS_VERBOSE)
            try await establish(link, target, until: deadline)
            PQsetErrorVerbosity(link, PQERRORS_DEFAULT)
            guard PQsetnonblocking(link, 1) == 0 else {
                throw SQLError(.cannotOpen, "libpq refuses to work without blocking: \(loginFailure(of: link).text)")
            }
            return PGConnection(link, settings: settings, notices: notices)
        } catch {
            PQfinish(link)
            throw error
        }
    }

    private static func start(_ target: Target, _ keywords: [(keyword: String, value: String)]) -> OpaquePointer? {
        var pairs = keywords.filter { !["host", "hostaddr", "port", "connect_timeout"].contains($0.keyword) }
        pairs.append(("host", target.host))
        pairs.append(("hostaddr", target.address))
        pairs.append(("port", target.port))
        // Texts are UTF-8 on this side.
        pairs.append(("client_encoding", "UTF8"))
        return withCStrings(pairs.map(\.keyword)) { names in
            withCStrings(pairs.map(\.value)) { values in PQconnectStartParams(names, values, 0) }
        }
    }

    private static nonisolated(nonsending) func establish(
        _ link: OpaquePointer, _ target: Target, until deadline: MonotonicInstant
    ) async throws {
        guard PQstatus(link) != CONNECTION_BAD else { throw refusal(of: link, target) }
        var step = PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK {
            guard step != PGRES_POLLING_FAILED else { throw refusal(of: link, target) }
            // libpq may close one socket and open another at each step, often with the same number, so that each wait has
            // a registration of its own, which is gone before libpq goes on.
            let socket = EventSocket(PQsocket(link))
            defer { socket.close() }
            do {
                _ = try await socket.wait(for: step == PGRES_POLLING_READING ? .readable : .writable, until: deadline)
            } catch let error as SocketWaitError where error.code == .deadlinePassed {
                throw SQLError(
                    .cannotOpen,
                    "\(target) accepts no connection: nothing came from it within its share of "
                        + "connectTimeLimit; is it reachable, and is a server of PostgreSQL behind that port?")
            }
            socket.close()
            step = PQconnectPoll(link)
        }
    }

    /// Why there is no connection, and to what.
    private static func refusal(of link: OpaquePointer, _ target: Target) -> SQLError {
        let (text, state) = loginFailure(of: link)
        let kind = state.map(SQLError.kind(of:)) ?? .cannotOpen
        return SQLError(kind, "\(target) accepts no connection: \(text)", sqlState: state)
    }

    /// Takes libpq's text apart: the SQLSTATE, which stands before the message, and the first line without it.
    private static func loginFailure(of link: OpaquePointer) -> (text: String, state: String?) {
        let text = PQerrorMessage(link).map { String(cString: $0) } ?? ""
        var state: String?
        var lines: [String] = []
        for line in text.split(separator: "\n") {
            // Where in the server's own source it was written: the last line of a verbose message.
            if line.hasPrefix("LOCATION:") { continue }
            var words = line.split(separator: " ", omittingEmptySubsequences: false)
            if let index = words.firstIndex(where: isState) {
                state = String(words[index].dropLast())
                words.remove(at: index)
            }
            lines.append(words.joined(separator: " "))
        }
        return (lines.isEmpty ? "it gave no reason" : lines.joined(separator: " "), state)
    }

    /// `28P01:`
    private static func isState(_ word: Substring) -> Bool {
        word.utf8.count == 6 && word.utf8.last == UInt8(ascii: ":")
            && word.utf8.dropLast().allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            && word.utf8.contains { (48...57).contains($0) }
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
