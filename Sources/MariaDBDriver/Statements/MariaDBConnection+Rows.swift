internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// The rows of a result, one after the other as they come. The library would rather read all of them in one call, which does
// not end, nor wait for anything, for as long as a server keeps sending.
extension MariaDBConnection {
    /// After so many rows that came without a wait it is looked whether they are still wanted.
    private static var rowsBetweenLooks: Int { 32 }

    /// Reads rows into `collector`, which is attached, or drops them, until there are no more or `isEnough` says so.
    /// - Returns: whether there are no more. The exchange is not concluded.
    nonisolated(nonsending) func readRows(
        of statement: PreparedStatement, into collector: RowCollector?,
        until isEnough: (RowCollector) -> Bool = { _ in false }
    ) async throws -> Bool {
        let handle = statement.handle
        guard handle.pointee.field_count > 0 else { return true }
        var count = 0
        // Once the server was asked to stop, all of its answer is read before anything else.
        while stopping != nil || collector.map(isEnough) != true {
            count += 1
            if count % Self.rowsBetweenLooks == 0 { try await heedLimits() }
            var outcome: Int32 = 0
            try await drive(
                { mysql_stmt_fetch_start(&outcome, handle) }, { mysql_stmt_fetch_cont(&outcome, handle, $0) })
            switch outcome {
            case 0, MYSQL_DATA_TRUNCATED: collector?.endRow()
            case MYSQL_NO_DATA:
                noteEndOfRows()
                mysql_stmt_free_result(handle)
                return true
            default:
                let refusal = ServerError(handle)
                if refusal.meaning != .dead { mysql_stmt_free_result(handle) }
                try await conclude(refusal, of: statement)
                throw SQLError.uncertain(.closing)
            }
        }
        return false
    }

    /// What the server says of the session after the last row, which the library leaves where it has read it.
    private func noteEndOfRows() {
        guard let end = link.pointee.net.read_pos, end[0] == 0xFE else { return }
        link.pointee.warning_count = UInt32(end[1]) | UInt32(end[2]) << 8
        link.pointee.server_status = UInt32(end[3]) | UInt32(end[4]) << 8
    }

    /// Reads away what a procedure returns besides its first result.
    nonisolated(nonsending) func discardResults(of statement: PreparedStatement) async throws {
        let handle = statement.handle
        while mysql_stmt_more_results(handle) != 0 {
            var outcome: Int32 = 0
            try await drive(
                { mysql_stmt_next_result_start(&outcome, handle) },
                { mysql_stmt_next_result_cont(&outcome, handle, $0) })
            if outcome > 0 { return try await conclude(ServerError(handle), of: statement) }
            try await discardRows(of: statement)
        }
    }

    /// Reads away what is left of a result.
    nonisolated(nonsending) func discardRows(of statement: PreparedStatement) async throws {
        guard statement.handle.pointee.field_count > 0 else { return }
        RowCollector.detach(from: statement)
        _ = try await readRows(of: statement, into: nil)
    }

    /// What a wait would do when nobody wants its end any more: has the server stop, and gives up on one that does not.
    private nonisolated(nonsending) func heedLimits() async throws {
        if let stopping {
            guard stopping.end <= .now else { return }
            giveUp()
            throw SQLError.uncertain(stopping.reason)
        }
        let reason: Interruption
        if overstay.isKnown {
            reason = .closing
        } else if limits.isCancellable, Task.isCancelled {
            reason = .cancelled
        } else if limits.hasPassed {
            reason = .deadlinePassed
        } else {
            return
        }
        guard await stop(reason) else {
            giveUp()
            throw SQLError.uncertain(reason)
        }
    }

    private func giveUp() {
        poison()
        shutDownSocket()
    }
}
