internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

/// The one task that uses a listener's connection: it waits for what the server sends, and in between does what it is
/// asked to.
final class ListeningLoop: Sendable {
    enum Work: Sendable {
        case text(String)
        case query(SQLQuery)
    }

    private struct Order {
        let number: UInt64
        let work: Work
        let caller: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var orders: [Order] = []
        var numbers: UInt64 = 0
        /// What an order interrupts.
        var wait: Task<Void, any Error>?
        var task: Task<Void, Never>?
        var isEnding = false
        /// No order is taken any more.
        var isOver = false
        var failure: SQLError?
        var onEnd: (@Sendable () -> Void)?
    }

    private let connection: PGConnection
    private let buffer: NotificationBuffer
    private let checkInterval: Int64
    private let state = Mutex(State())

    init(_ connection: PGConnection, _ buffer: NotificationBuffer, checkInterval: Duration) {
        self.connection = connection
        connection.session.isListening = true
        self.buffer = buffer
        self.checkInterval = max(checkInterval, .milliseconds(1)).inNanoseconds
    }

    func start() {
        let task = Task.detached { [self] in await run() }
        state.withLock { $0.task = task }
    }

    /// What waits for the server ends at once.
    func end() {
        let (task, wait) = state.withLock { state in
            state.isEnding = true
            return (state.task, state.wait)
        }
        wait?.cancel()
        task?.cancel()
    }

    nonisolated(nonsending) func hasEnded() async { await state.withLock { $0.task }?.value }

    /// Calls `body` when it is over, or now if it is.
    func whenOver(_ body: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.isOver { state.onEnd = body }
            return state.isOver
        }
        if isOver { body() }
    }

    /// Has something done on the connection. What was not begun when the task is cancelled is not done.
    nonisolated(nonsending) func execute(_ work: Work) async throws {
        let number = state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { caller in
                let (refusal, wait) = state.withLock { state -> ((any Error)?, Task<Void, any Error>?) in
                    if state.isOver || state.isEnding { return (state.failure ?? SQLError.listenerClosed, nil) }
                    if Task.isCancelled { return (CancellationError(), nil) }
                    state.orders.append(Order(number: number, work: work, caller: caller))
                    return (nil, state.wait)
                }
                if let refusal { caller.resume(throwing: refusal) }
                wait?.cancel()
            }
        } onCancel: {
            let order = state.withLock { state in
                state.orders.firstIndex { $0.number == number }.map { state.orders.remove(at: $0) }
            }
            order?.caller.resume(throwing: CancellationError())
        }
    }

    // MARK: The task

    private func run() async {
        var failure: SQLError?
        do {
            while !Task.isCancelled {
                while let order = nextOrder() {
                    await fulfil(order)
                    try collect()
                }
                try collect()
                try await rest()
            }
        } catch let error as SQLError {
            failure = error
        } catch {}
        await finish(failure)
    }

    private func finish(_ failure: SQLError?) async {
        let (orders, onEnd, isEnding) = state.withLock { state in
            defer {
                state.orders = []
                state.onEnd = nil
            }
            state.isOver = true
            state.failure = failure
            return (state.orders, state.onEnd, state.isEnding)
        }
        for order in orders { order.caller.resume(throwing: failure ?? SQLError.listenerClosed) }
        buffer.end(isEnding ? nil : failure)
        onEnd?()
        await connection.close(until: MonotonicInstant.now + connection.settings.cancelTimeout.inNanoseconds)
    }

    private func nextOrder() -> Order? {
        state.withLock { $0.orders.isEmpty ? nil : $0.orders.removeFirst() }
    }

    private func fulfil(_ order: Order) async {
        do {
            try await perform(order.work)
            order.caller.resume()
        } catch is CancellationError {
            order.caller.resume(throwing: SQLError.listenerClosedMeanwhile)
        } catch {
            order.caller.resume(throwing: error)
        }
    }

    private func perform(_ work: Work) async throws {
        let limit = connection.settings.statementTimeLimit ?? .seconds(10)
        connection.limits = OperationLimits(deadline: MonotonicInstant.now + limit.inNanoseconds, isCancellable: true)
        try await connection.admit()
        switch work {
        case .text(let text): _ = try await connection.command(text)
        case .query(let query): _ = try await connection.perform(query)
        }
    }

    /// Waits until the server sends something, somebody asks for something, or it is time to see whether the server is
    /// still there.
    private func rest() async throws {
        let deadline = MonotonicInstant.now + checkInterval
        let wait = Task { [socket = connection.socket] in _ = try await socket.wait(for: .readable, until: deadline) }
        let isIdle = state.withLock { state in
            state.wait = wait
            return state.orders.isEmpty && !state.isEnding
        }
        if !isIdle { wait.cancel() }
        let outcome = await wait.result
        state.withLock { $0.wait = nil }
        do {
            try outcome.get()
            if PQconsumeInput(connection.link) == 0 { throw lost() }
        } catch let error as SocketWaitError where error.code == .deadlinePassed {
            do { try await perform(.text("SELECT 1")) } catch let error as SQLError { throw lost(error.message) }
        } catch let error as SocketWaitError {
            throw lost(error.description)
        } catch is CancellationError {}
    }

    /// Takes what libpq has read.
    private func collect() throws {
        takeNotifications()
        if PQstatus(connection.link) != CONNECTION_OK || connection.notices.end != nil || connection.isPoisoned {
            throw lost()
        }
    }

    private func takeNotifications() {
        while let notification = PQnotifies(connection.link) {
            let (channel, payload) = (notification.pointee.relname, notification.pointee.extra)
            buffer.add(
                PostgresNotification(
                    channel: channel.map { String(cString: $0) } ?? "",
                    payload: payload.map { String(cString: $0) } ?? "", process: Int(notification.pointee.be_pid)))
            PQfreemem(notification)
        }
    }

    private func lost(_ reason: String? = nil) -> SQLError {
        // The server's last words may not have been read yet, and what it has sent before them is still told.
        connection.inspect()
        takeNotifications()
        let cause = connection.notices.reason?.message ?? reason ?? "the server has closed it"
        return SQLError(
            .connectionLost,
            "the connection of a listener was lost, and what is sent from now on is missed: \(cause); make another "
                + "listener, and read anew what it is about", sqlState: connection.notices.reason?.sqlState)
    }
}

extension SQLError {
    fileprivate static var listenerClosed: SQLError {
        SQLError(.connectionLost, "this listener was closed, and nothing was executed; make another one")
    }

    fileprivate static var listenerClosedMeanwhile: SQLError {
        SQLError(
            .mayHaveExecuted,
            "this listener was closed while it did what was asked of it, which may have been done or not")
    }
}
