import PoolingCore

/// One connection to a Redis server: what the pool keeps. Borrowers see it as a ``RedisHandle``.
///
/// Sendable because its variables are touched by one operation at a time: a borrower's passes ``gate``, which admits one
/// and orders it after the one before; the pool's own come only while the gate is shut, and never two at once; and `close`
/// waits for an operation that overstayed its loan.
public final class RedisConnection: @unchecked Sendable {
    let settings: Redis
    let gate = LoanGate()
    let overstay = Overstay()
    let socket: StreamSocket
    private var parser: RESPParser
    private var buffer = [UInt8](repeating: 0, count: 16_384)
    private var session: RedisSession = []
    /// No answer is outstanding. What ends an exchange before its last answer leaves this false, and the connection with
    /// it: the next borrower must not read what the one before has asked for (F11).
    private var isQuiescent = true
    /// It was lent, and nothing was sent since.
    private var isLoanNew = false
    private(set) var serverVersion = ""

    private init(_ socket: StreamSocket, _ settings: Redis) {
        self.socket = socket
        self.settings = settings
        parser = RESPParser(maxBytes: settings.replyLimit, maxValues: settings.valueLimit)
    }

    // MARK: Beginning and end

    static func open(_ settings: Redis) async throws -> RedisConnection {
        let deadline = ContinuousClock.now + settings.connectTimeout
        let socket = try await connect(settings, until: deadline)
        let connection = RedisConnection(socket, settings)
        do {
            try await connection.setUp([], until: deadline)
            return connection
        } catch {
            socket.close()
            guard var failure = error as? RedisError else { throw error }
            (failure.kind, failure.mayHaveExecuted) = (.cannotConnect, false)
            throw failure
        }
    }

    private static func connect(
        _ settings: Redis, until deadline: ContinuousClock.Instant
    ) async throws -> StreamSocket {
        var addresses: [Address]
        switch settings.place {
        case .unix(let path): addresses = [try Address(path: path)]
        case .tcp(let host, let port): addresses = try await Address.addresses(of: host, port: port, until: deadline)
        }
        var reason = "it has no address"
        while let address = addresses.first {
            addresses.removeFirst()
            // One that does not answer leaves the others their share (F22).
            let share = deadline - (deadline - .now) * addresses.count / (addresses.count + 1)
            do {
                return try await StreamSocket.connect(to: address, until: share)
            } catch let failure as StreamSocket.Failure {
                reason = failure.reason
            } catch let error as SocketWaitError {
                reason = "\(error)"
            }
        }
        throw RedisError(
            .cannotConnect, "can't connect to Redis at \(settings.place): \(reason); does a server listen there?")
    }

    /// Says who is there and chooses the database, behind other commands and in one round trip with them. `PING` is for a
    /// server that lets everybody in and serves nobody, since it is still loading.
    func setUp(_ before: [RedisCommand], until deadline: ContinuousClock.Instant) async throws {
        let login = settings.password.map { ["AUTH", settings.user ?? "default", $0.text] } ?? []
        let commands: [RedisCommand] =
            before + [RedisCommand(["HELLO", "3"] + login), ["SELECT", "\(settings.database)"], ["PING"]]
        let replies = try await exchange(commands, until: deadline)
        for (command, reply) in zip(commands, replies) {
            if case .error(let error) = reply { throw settings.refusal(of: command, error) }
        }
        guard replies.last == .string(Array("PONG".utf8)) else {
            throw lost(.badReply, "it answers something else than what it was asked", false)
        }
        serverVersion = replies[before.count]["version"]?.text ?? serverVersion
        session = []
    }

    func close() async {
        if !gate.closeForGood() { overstay.began() }
        // What a borrower still waits for ends at once.
        socket.events.interrupt()
        await overstay.end()
        // Redis needs no goodbye.
        socket.close()
    }

    // MARK: Between loans

    func lend(_ loan: LoanID) {
        gate.open(loan)
        isLoanNew = true
    }

    func reclaim() { if !gate.close() { overstay.began() } }

    func leave(_ loan: LoanID) { if !gate.leave(loan) { overstay.ended() } }

    var condition: ConnectionCondition {
        // In this order: while an operation runs, nothing else may be looked at.
        if overstay.isKnown || !isQuiescent || socket.events.isHungUp { return .broken }
        if !session.isEmpty { return .dirty }
        return parser.isEmpty ? .ready : .broken
    }

    /// Undoes whatever a borrower has left: `RESET` ends transactions, watches, subscriptions, and the login.
    func reset() async throws { try await setUp([["RESET"]], until: .now + settings.commandTimeout) }

    // MARK: Asking

    /// Sends commands at once, and returns their answers in order.
    /// - Throws: `CancellationError` and ``RedisError``; if something was sent by then, the connection is over.
    func exchange(_ commands: [RedisCommand], until deadline: ContinuousClock.Instant) async throws -> [RESPValue] {
        try Task.checkCancellation()
        guard isQuiescent else { throw RedisError(.connectionLost, "the connection to \(settings.place) is over") }
        guard var unsent = commands.first?.encoded[...] else { return [] }
        for command in commands.dropFirst() { unsent += command.encoded }
        for command in commands { session.begin(command.effect) }
        isQuiescent = false
        let length = unsent.count
        var replies: [RESPValue] = []
        do {
            try refuseWhatNobodyAskedFor()
            for command in commands {
                let reply = try await answer(to: command, &unsent, deadline)
                session.end(command.effect, reply)
                replies.append(reply)
            }
        } catch {
            throw explained(error, commands[replies.count].name, hasSent: unsent.count < length)
        }
        isQuiescent = true
        return replies
    }

    /// What has come since the last answer is the answer to nothing. Once a loan: what a server sends late, it sends while
    /// nobody asks.
    private func refuseWhatNobodyAskedFor() throws {
        if !isLoanNew { return }
        isLoanNew = false
        let count = try socket.receive(into: &buffer)
        if count == 0 { throw EndOfStream() }
        if count != nil || !parser.isEmpty { throw RESPParser.Violation(what: "what nobody has asked for") }
    }

    private func answer(
        to command: RedisCommand, _ unsent: inout ArraySlice<UInt8>, _ deadline: ContinuousClock.Instant
    ) async throws -> RESPValue {
        var confirmations = 0
        while true {
            guard let reply = try parser.next() else {
                try await advance(&unsent, deadline)
                continue
            }
            guard case .push(let elements) = reply else { return reply }
            // Other pushes are messages of a subscription, which nobody takes here.
            if case .subscribes(let count) = command.effect, elements.first?.text?.uppercased() == command.name {
                confirmations += 1
                if confirmations == count { return reply }
            }
        }
    }

    /// Sends what there is room for, waits, and takes in what has come.
    ///
    /// It waits each time, also where more has certainly come: so the end of an answer without end is the deadline.
    private func advance(_ unsent: inout ArraySlice<UInt8>, _ deadline: ContinuousClock.Instant) async throws {
        if ContinuousClock.now >= deadline { throw SocketWaitError(.deadlinePassed) }
        if !unsent.isEmpty { unsent = unsent.dropFirst(try socket.send(unsent)) }
        let ready = try await socket.events.wait(
            for: unsent.isEmpty ? .readable : [.readable, .writable], until: deadline)
        guard ready != .writable, let count = try socket.receive(into: &buffer) else { return }
        if count == 0 { throw EndOfStream() }
        parser.append(buffer[..<count])
    }

    private struct EndOfStream: Error {}

    private func explained(_ error: any Error, _ command: String, hasSent: Bool) -> any Error {
        switch error {
        case is EndOfStream: return lost(.connectionLost, "the server has closed it", hasSent)
        case let failure as StreamSocket.Failure: return lost(.connectionLost, failure.reason, hasSent)
        case let wait as SocketWaitError where wait.code == .deadlinePassed:
            return lost(.timedOut, "\(command) was not answered in time", hasSent)
        case let wait as SocketWaitError where wait.code == .closed:
            return lost(.connectionLost, "its pool was shut down", hasSent)
        case let violation as RESPParser.Violation where violation.isTooLong:
            return lost(
                .badReply,
                "the answer to \(command) is too long (\(violation.what)); ask for less, or raise replyLimit "
                    + "or valueLimit", hasSent)
        case let violation as RESPParser.Violation:
            return lost(
                .badReply, "in place of an answer to \(command) it sends \(violation.what); is it a Redis server?",
                hasSent)
        default: return error
        }
    }

    private func lost(_ kind: RedisError.Kind, _ why: String, _ hasSent: Bool) -> RedisError {
        RedisError(kind, "the connection to Redis at \(settings.place) is lost: \(why)", mayHaveExecuted: hasSent)
    }
}
