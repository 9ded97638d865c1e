import PoolingCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A sentence that names the cause, and never the token.
struct ShelfError: Error, CustomStringConvertible {
    var description: String
    static let lost = ShelfError(description: "the connection is lost; what was asked last may have been done")
}

/// A connection to a server of shelves.
///
/// Sendable because one operation at a time touches its variables: the gate admits one of the borrower's, the pool's own
/// come only between loans, and `end` waits for one that overstayed its loan.
final class ShelfConnection: @unchecked Sendable {
    let gate = LoanGate()
    let overstay = Overstay()
    let socket: EventSocket
    /// A borrower has chosen another shelf.
    private(set) var isDirty = false
    /// An answer is outstanding, or never came.
    private(set) var isOver = false
    private var received: [UInt8] = []

    init(descriptor: CInt) { socket = EventSocket(descriptor) }

    /// Sends a question, and returns the line that answers it.
    func ask(_ question: String) async throws -> String {
        try Task.checkCancellation()
        if isOver { throw ShelfError.lost }
        if question.utf8.contains(10) { throw ShelfError(description: "a question is one line") }
        isOver = true
        if question.hasPrefix("USE ") { isDirty = true }
        var unsent = Array("\(question)\n".utf8)[...]
        while !unsent.isEmpty {
            let count = unsent.withUnsafeBytes { send(socket.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0, errno != EAGAIN { throw ShelfError.lost }
            unsent = unsent.dropFirst(max(count, 0))
            if !unsent.isEmpty { _ = try await socket.wait(for: .writable) }
        }
        let answer = try await line()
        if question == "RESET" { isDirty = answer != "OK" }
        isOver = !received.isEmpty
        return answer
    }

    private func line() async throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while received.count < 1 << 20 {
            if let end = received.firstIndex(of: 10) {
                defer { received.removeSubrange(...end) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            _ = try await socket.wait(for: .readable)
            let count = recv(socket.descriptor, &buffer, buffer.count, 0)
            if count == 0 || count < 0 && errno != EAGAIN { throw ShelfError.lost }
            received += buffer[..<max(count, 0)]
        }
        throw ShelfError(description: "the server's answer has no end")
    }

    /// Ends what still runs on it, and frees the descriptor when nothing does.
    func end() async {
        if !gate.closeForGood() { overstay.began() }
        socket.interrupt()
        await overstay.end()
        socket.close()
        close(socket.descriptor)
    }
}

/// A socket that never blocks, on its way to a host.
private func beginConnecting(to host: String, _ port: Int) throws -> CInt {
    var hints = addrinfo()
    hints.ai_socktype = 1  // SOCK_STREAM, which is not a number everywhere
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = found?.pointee else {
        throw ShelfError(description: "the name of host '\(host)' can't be resolved")
    }
    defer { freeaddrinfo(found) }
    let descriptor = socket(address.ai_family, address.ai_socktype, 0)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS { return descriptor }
    close(descriptor)
    throw ShelfError(description: "there is no way to port \(port) of \(host)")
}

/// What a borrower gets. It refuses after the loan, and to two tasks at once.
struct ShelfHandle: Sendable {
    let connection: ShelfConnection
    let loan: LoanID

    func ask(_ question: String) async throws -> String {
        try connection.gate.enter(loan)
        defer { if !connection.gate.leave(loan) { connection.overstay.ended() } }
        return try await connection.ask(question)
    }
}

struct Shelf: PoolDriver {
    var host = "127.0.0.1"
    var port: Int
    var token: String

    func connect() async throws -> ShelfConnection {
        let connection = try await BlockingExecutor.shared.run { [self] in
            ShelfConnection(descriptor: try beginConnecting(to: host, port))
        }
        do {
            let ready = try await connection.socket.wait(for: .writable)
            if ready.contains(.hungUp) { throw ShelfError(description: "nobody listens on port \(port) of \(host)") }
            if try await connection.ask("HELLO \(token)") == "OK" { return connection }
            throw ShelfError(description: "the server at \(host):\(port) does not accept the token")
        } catch {
            await connection.end()
            throw error
        }
    }

    func validate(_ connection: ShelfConnection) async throws {
        if try await connection.ask("PING") != "PONG" { throw ShelfError(description: "this is no server of shelves") }
    }

    func close(_ connection: ShelfConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await connection.end()
    }

    func lend(_ connection: ShelfConnection, loan: LoanID) -> ShelfHandle {
        connection.gate.open(loan)
        return ShelfHandle(connection: connection, loan: loan)
    }

    func reclaim(_ connection: ShelfConnection, loan: LoanID) {
        if !connection.gate.close() { connection.overstay.began() }
    }

    func condition(of connection: ShelfConnection) -> ConnectionCondition {
        if connection.overstay.isKnown || connection.isOver || connection.socket.isHungUp { return .broken }
        return connection.isDirty ? .dirty : .ready
    }

    func reset(_ connection: ShelfConnection) async throws {
        if try await connection.ask("RESET") != "OK" { throw ShelfError(description: "RESET is not known there") }
    }
}
