internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// COPY TO STDOUT. To its connection it is a stream: nothing else is done until it is over, and it is left, ended and
// drained as a stream of rows is.
extension PGConnection {
    /// The most that is handed out at once, but for a single row that is larger.
    private static var chunkBytes: Int { 64 << 10 }

    nonisolated(nonsending) func openCopy(_ query: SQLQuery) async throws -> OpenStream {
        let statement = try CopyStatement(query, .toClient)
        try await admit()
        let isInTransaction = isInTransaction
        let reply = try await beginCopy(statement, .toClient)
        let stream = OpenStream(query, reply, isInTransaction: isInTransaction)
        session.stream = stream
        return stream
    }

    /// The next rows of a COPY, whole ones; none: it is over.
    nonisolated(nonsending) func chunk(of stream: OpenStream) async throws -> [UInt8] {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        guard session.stream === stream else { throw SQLError.copyOver }
        do {
            let bytes = try await readCopy()
            if !bytes.isEmpty { return bytes }
        } catch let interruption as Interruption {
            session.stream = nil
            try await settle(&stream.reply, interruption)
            try conclude(&stream.reply)
            // The server had sent the last of it before it was asked to stop.
            throw interruption == .cancelled
                ? CancellationError() : SQLError.readingStopped(mayChange: stream.reply.mayChange)
        } catch {
            poison()
            session.stream = nil
            throw error
        }
        session.stream = nil
        // Whether that was all, or the server or the network has cut it off (F21).
        try await finish(&stream.reply, isFirst: false)
        return []
    }

    /// Waits for one row, and takes what else is there already.
    private nonisolated(nonsending) func readCopy() async throws -> [UInt8] {
        // A server that is quicker than the reader leaves nothing to wait for.
        if limits.isCancellable, Task.isCancelled { throw Interruption.cancelled }
        if limits.hasPassed { throw Interruption.deadlinePassed }
        var bytes: [UInt8] = []
        while session.isCopyingOut, bytes.count < Self.chunkBytes {
            switch try await copyData(limits, waits: bytes.isEmpty, { bytes += $0 }) {
            case .row: break
            case .nothingYet: if !bytes.isEmpty { return bytes }
            case .end: session.isCopyingOut = false
            }
        }
        return bytes
    }
}

extension SQLError {
    fileprivate static var copyOver: SQLError {
        SQLError(.other, "the rows of this COPY can't be read any more: its transaction or its loan has ended")
    }
}
