import CLibPQ
import PoolingCore
import PoolingSQL
import Testing

@testable import PGDriver

@Suite("COPY where it does not belong", .timeLimit(.minutes(1)))
struct CopyStatementTests {
    @Test("the first word of a statement is found behind blanks and comments")
    func words() {
        for text in ["COPY t", "\n copy(select 1) to stdout", "-- x\nCopy t", "/* a /* b */ c */ ;COPY t", "copy"] {
            #expect(StatementTraits.keyword(of: text) == "copy", "\(text)")
        }
        for text in ["", "-- copy", "/* copy", "copyright", "\"copy\" t", "SELECT copy"] {
            #expect(StatementTraits.keyword(of: text) != "copy", "\(text)")
        }
        #expect(StatementTraits("COPY t FROM STDIN").mayCopy && StatementTraits("copy t to stdout").mayCopy)
        #expect(!StatementTraits("COPY t FROM '/tmp/t'").mayCopy && !StatementTraits("SELECT 'copy stdin'").mayCopy)
        #expect(StatementTraits(" Call p()").mayCommit && StatementTraits("DO $$ $$").mayCommit)
        #expect(!StatementTraits("COPY t FROM STDIN").mayCommit && !StatementTraits("dot").mayCommit)
    }

    private func lending(_ body: (PGHandle, PGConnection) async throws -> Void) async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            try await body(handle, connection)
            #expect(!connection.isPoisoned && connection.transaction == PQTRANS_IDLE)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    private func stream(_ handle: PGHandle, _ query: SQLQuery) async throws {
        for try await _ in try await handle.stream(query) {}
    }

    private func read(_ handle: PGHandle, _ query: SQLQuery) async throws {
        for try await _ in try await handle.copyOut(query) {}
    }

    @Test("is one clear error in query, execute, stream and batch, and the connection goes on")
    func otherCalls() async throws {
        let large: SQLQuery = "COPY (SELECT generate_series(1, 100000000)) TO STDOUT"
        let input: SQLQuery = "COPY t FROM STDIN"
        try await lending { (handle, _) async throws -> Void in
            for (query, call) in [(large, "copyOut"), (input, "copyIn")] {
                for attempt in [
                    { try await handle.execute(query) }, { _ = try await handle.query(query) },
                    { try await stream(handle, query) },
                    { try await handle.batch(["INSERT INTO t VALUES (1)", query, "INSERT INTO t VALUES (2)"]) },
                ] as [() async throws -> Void] {
                    let error = try await sqlError(attempt)
                    #expect(
                        error?.kind == .syntax && error?.message.contains(call) == true, "\(String(describing: error))")
                    #expect(try await handle.int("SELECT 6") == 6)
                }
            }
        }
    }

    @Test("is one clear error in the other direction, and the connection goes on")
    func otherDirection() async throws {
        try await lending { (handle, _) async throws -> Void in
            let out = try await sqlError { try await read(handle, "COPY t FROM STDIN") }
            #expect(out?.kind == .syntax && out?.message.contains("copyIn") == true)
            let empty = CopyList(rows: [])
            let large: SQLQuery = "COPY (SELECT generate_series(1, 100000000)) TO STDOUT"
            let into = try await sqlError { try await handle.copyIn(large, from: empty) }
            #expect(into?.kind == .syntax && into?.message.contains("copyOut") == true)
        }
    }

    @Test("nothing is sent of what is no COPY, or has values; the server's own word is told of one that it refuses")
    func otherStatements() async throws {
        try await lending { (handle, connection) async throws -> Void in
            for query in ["INSERT INTO t VALUES (1) RETURNING a", "COPY (SELECT \(1)) TO STDOUT"] as [SQLQuery] {
                let error = try await sqlError { try await read(handle, query) }
                #expect(error?.kind == .syntax && error?.message.contains("executed") == true)
            }
            let insert = try await sqlError {
                try await handle.copyIn("INSERT INTO t VALUES (1)", from: CopyList(rows: []))
            }
            #expect(insert?.kind == .syntax)
            let missing = try await sqlError { try await read(handle, "COPY nowhere TO STDOUT") }
            #expect(missing?.sqlState == "42P01")
            // Between the server and its own files.
            let file = try await sqlError { try await read(handle, "COPY t TO '/dev/null'") }
            #expect(file?.kind == .syntax && file?.message.contains("execute") == true)
            try await handle.execute("COPY t TO '/dev/null'")
        }
    }

    /// Chunks that are there already.
    private struct CopyList: AsyncSequence {
        var rows: [[UInt8]]
        func makeAsyncIterator() -> AsyncStream<[UInt8]>.Iterator {
            let rows = rows
            return AsyncStream { continuation in
                for row in rows { continuation.yield(row) }
                continuation.finish()
            }.makeAsyncIterator()
        }
    }
}
