internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// COPY FROM STDIN. The server keeps what has come only when it is told that this was all: whatever ends the source early
// ends the COPY with an error, so that nothing of it stays.
extension PGConnection {
    /// What libpq may keep before the socket has to take some of it.
    private static var portion: Int { 64 << 10 }

    /// - Parameter renew: the limits of the next portion.
    /// - Returns: how many rows the server has taken.
    nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ query: SQLQuery, from source: Source, renew: () -> OperationLimits
    ) async throws -> Int where Source.Element: Collection<UInt8> {
        let statement = try CopyStatement(query, .fromClient)
        try await admit()
        var reply = try await beginCopy(statement, .fromClient)
        var isLost = false
        do {
            var kept = 0
            var iterator = source.makeAsyncIterator()
            while !isLost {
                let chunk = try await next(of: &iterator)
                // The source has its own time, for its end, too.
                limits = renew()
                guard let chunk else { break }
                isLost = try await !put(chunk, &kept)
            }
            // A source whose task was cancelled may end as if that had been all of it.
            if limits.isCancellable, Task.isCancelled { throw Interruption.cancelled }
            if limits.hasPassed { throw Interruption.deadlinePassed }
        } catch {
            await abandonCopy(&reply)
            switch error {
            case Interruption.cancelled: throw CancellationError()
            case Interruption.deadlinePassed: throw SQLError.stopped
            case is Interruption: throw SQLError.copyWithoutLoan
            default: throw error
            }
        }
        if isLost || socket.isHungUp { throw await lostBeforeTheEnd(&reply) }
        return try await endCopy(&reply)
    }

    /// Waits for the source, for as long as that likes.
    private nonisolated(nonsending) func next<Iterator: AsyncIteratorProtocol>(
        of iterator: inout Iterator
    ) async throws -> Iterator.Element? {
        let chunk = try await iterator.next(isolation: #isolation)
        // Whoever has ended the loan closes the connection as soon as this is over: nothing may become permanent now.
        if overstay.isKnown { throw Interruption.closing }
        return chunk
    }

    private nonisolated(nonsending) func endCopy(_ reply: inout Reply) async throws -> Int {
        guard PQputCopyEnd(link, nil) == 1 else { throw unsent() }
        // A refusal may have been read while rows were sent.
        try await finish(&reply, isFirst: false)
        return reply.result.rowsAffected
    }

    /// Hands bytes to libpq, and waits while the socket takes no more of them.
    ///
    /// - Parameter kept: how much was handed over since the socket was last looked at.
    /// - Returns: false if the server is gone.
    private nonisolated(nonsending) func put(_ chunk: some Collection<UInt8>, _ kept: inout Int) async throws -> Bool {
        if chunk.withContiguousStorageIfAvailable({ _ in true }) == nil { return try await put(Array(chunk), &kept) }
        var start = 0
        let count = chunk.count
        while start < count {
            let length = min(count - start, Self.portion)
            let isTaken = chunk.withContiguousStorageIfAvailable { bytes in
                bytes.baseAddress.map { base in
                    (base + start).withMemoryRebound(to: CChar.self, capacity: length) {
                        PQputCopyData(link, $0, Int32(length))
                    }
                } ?? 1
            }
            switch isTaken {
            case 1:
                start += length
                kept += length
            case 0: kept = Self.portion
            default: return false
            }
            if kept >= Self.portion {
                try await flush(limits)
                kept = 0
                // Without a wait nothing else would find out.
                if limits.isCancellable, Task.isCancelled { throw Interruption.cancelled }
                if limits.hasPassed { throw Interruption.deadlinePassed }
            }
        }
        // libpq takes whatever it is given for a server that is gone.
        return !socket.isHungUp && isSocketOpen
    }

    /// Ends it with an error, so that the server undoes it, and reads to the end of the exchange.
    private nonisolated(nonsending) func abandonCopy(_ reply: inout Reply) async {
        reply.copy = .givenUp
        let limits = limits
        self.limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        defer { self.limits = limits }
        guard !isPoisoned, PQputCopyEnd(link, "the client has ended it") == 1 else { return poison() }
        // What the server says to that is known: the caller tells why.
        do { try await finish(&reply, isFirst: false) } catch {}
    }

    /// The end was never sent: whatever had arrived is undone.
    private nonisolated(nonsending) func lostBeforeTheEnd(_ reply: inout Reply) async -> SQLError {
        await abandonCopy(&reply)
        poison()
        let reason = notices.reason?.message ?? reply.error?.message ?? "the server has closed it"
        return SQLError(
            .connectionLost,
            "the connection was lost before all of the COPY was sent, and nothing of it was kept: \(reason)",
            sqlState: notices.reason?.sqlState ?? reply.error?.sqlState)
    }
}

extension SQLError {
    fileprivate static var copyWithoutLoan: SQLError {
        SQLError(
            .connectionLost,
            "the loan has ended in the midst of a COPY, of which nothing was kept: let a loan last for as long as the COPY"
        )
    }
}
