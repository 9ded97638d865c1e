import CLibPQ
import PoolingCore
import PoolingSQL
import TestServers
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

    @Test("a statement ends where no literal, name or comment goes on, and what comes after it is another one")
    func single() {
        for text in [
            "COPY t FROM STDIN", "; COPY t FROM STDIN ; ;", "COPY t TO STDOUT; -- it; was",
            "COPY t TO STDOUT /* ; x */;",
            "COPY (SELECT ';' || \"a;b\" || $$;$$ || $a$ ; $$ $a$ || E'\\';x') TO STDOUT",
            "COPY (SELECT 'a'';''b') TO STDOUT",
            "COPY a$b FROM STDIN; -- $b", "COPY t TO STDOUT (DELIMITER '\\')",
        ] { #expect(StatementTraits.isSingle(text), "\(text)") }
        for text in [
            "COPY t FROM STDIN; DELETE FROM t", "COPY t FROM STDIN;(SELECT 1)",
            "COPY t TO STDOUT (NULL '\\'); SELECT ''",
            "COPY t TO STDOUT (NULL E'\\''); SELECT ''", "COPY a$b$c FROM STDIN; SELECT $b$x$b$",
            "SELECT '\\''; SELECT 1 --'",
            "SELECT date'\\'; SELECT '",
            "COPY t FROM STDIN /* /* */ ; */; SELECT 1", "COPY \"t'\" FROM STDIN; SELECT '\"'",
        ] { #expect(!StatementTraits.isSingle(text), "\(text)") }
    }

    @Test("what may have changed something, or leave something when it is stopped, is told by its words")
    func traits() {
        for text in [
            "WITH x AS (SELECT 1) SELECT 1", "INSERT INTO t VALUES (1)", "EXPLAIN ANALYZE DELETE FROM t", "FETCH c",
            "COPY (UPDATE t SET a = 1 RETURNING a) TO STDOUT", "COPY t FROM '/tmp/t'", "COPY t TO '/tmp/t'",
        ] { #expect(StatementTraits.mayChange(text), "\(text)") }
        for text in ["SELECT 1", "/* it */ values (1)", "TABLE t", "SHOW x", "EXPLAIN SELECT 1", "COPY t TO STDOUT"] {
            #expect(!StatementTraits.mayChange(text), "\(text)")
        }
        for text in [
            "VACUUM", "CLUSTER t", "REINDEX TABLE CONCURRENTLY t", "CREATE INDEX Concurrently i ON t(a)",
            "DROP INDEX CONCURRENTLY i", "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        ] { #expect(StatementTraits(text).mayCommit, "\(text)") }
        #expect(!StatementTraits("CREATE INDEX i ON t(a)").mayCommit && StatementTraits("COMMIT").endsTransaction)
    }

    @Test("F11: what follows it in its text is refused before anything is sent")
    func several() async throws {
        try await lending { (handle, _) async throws -> Void in
            for text in ["COPY t TO STDOUT; INSERT INTO t VALUES (1)", "COPY t TO STDOUT; COPY t TO STDOUT"] {
                let error = try await sqlError { try await read(handle, "\(unsafe: text)") }
                #expect(error?.kind == .syntax && error?.message.contains("nothing was executed") == true)
            }
            try await read(handle, "COPY t TO STDOUT; -- the end")
        }
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
