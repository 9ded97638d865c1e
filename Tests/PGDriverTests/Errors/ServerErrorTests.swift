import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("An error of the server") struct ServerErrorTests {
    @Test(
        "is of the kind that a program can decide by",
        arguments: [
            ("23505", SQLError.Kind.uniqueViolation), ("23503", .foreignKeyViolation), ("23001", .foreignKeyViolation),
            ("23502", .notNullViolation), ("23514", .checkViolation), ("23P01", .exclusionViolation),
            ("40001", .serialization), ("40P01", .deadlock), ("25006", .readOnly), ("25P02", .transactionLost),
            ("55P03", .busy), ("57014", .interrupted), ("57P01", .connectionLost), ("57P05", .connectionLost),
            ("25P03", .connectionLost), ("08006", .connectionLost), ("08P01", .other), ("53300", .tooManyConnections),
            ("53100", .diskFull), ("42601", .syntax), ("42P01", .syntax), ("42501", .permissionDenied),
            ("42804", .typeMismatch), ("22P02", .typeMismatch), ("22003", .typeMismatch), ("22012", .other),
            ("28P01", .authentication), ("3D000", .cannotOpen), ("40003", .mayHaveExecuted), ("XX001", .corrupt),
            ("P0001", .other), ("", .other), ("é", .other),
        ])
    func kinds(state: String, kind: SQLError.Kind) {
        #expect(SQLError.kind(of: state) == kind)
        #expect(ServerReport(sqlState: state, message: "m").error.sqlState == state)
    }

    @Test(
        "quotes no value",
        arguments: [
            (
                "22P02", "invalid input syntax for type integer: \"Zeisig\"",
                "invalid input syntax for type integer: \"…\""
            ),
            ("22P02", "invalid input syntax for type integer: \"a\"Zeisig\"b\"", "type integer: \"…\""),
            (
                "22003", "value \"Zeisig\" is out of range for type integer",
                "value \"…\" is out of range for type integer"
            ),
            ("22021", "invalid byte sequence for encoding \"UTF8\": 0x5a Zeisig", "invalid byte sequence for encoding"),
            ("42601", "syntax error at or near \"'Zeisig'\"", "syntax error at or near \"…\""),
            ("42601", "syntax error at or near \"$x$Zeisig\"", "syntax error at or near \"…\""),
            ("42601", "syntax error at or near \"FORM\"", "\"FORM\""),
            ("23505", "duplicate key value violates unique constraint \"users_email_key\"", "\"users_email_key\""),
        ])
    func quotations(state: String, said: String, told: String) {
        let message = ServerReport(sqlState: state, message: said, hint: nil).error.message
        #expect(message.contains(told) && !message.contains("Zeisig"), "\(message)")
    }

    @Test("tells the place and the hint")
    func hint() {
        let report = ServerReport(
            sqlState: "42703", message: "column \"nmae\" does not exist",
            hint: "Perhaps you meant \"name\".\nOr not.", position: 8)
        #expect(
            report.error.message == "column \"nmae\" does not exist at character 8 (Perhaps you meant \"name\".)")
        let valued = ServerReport(sqlState: "22P02", message: "m", hint: "Zeisig")
        #expect(valued.error.message == "m")
    }

    @Test("F63: of the real one has its SQLSTATE, and neither its details nor the value")
    func real() async throws {
        let server = try await PostgresServer.shared
        let place =
            "host=\(server.socketFolder) port=\(server.port) user=app dbname=app password=\(PostgresServer.password)"
        let twice =
            "CREATE TEMP TABLE t(a text PRIMARY KEY); INSERT INTO t VALUES('Zeisig'); INSERT INTO t VALUES('Zeisig')"
        let unique = try #require(PlainConnection.failure(of: twice, place))
        #expect(unique.error.kind == .uniqueViolation && unique.error.sqlState == "23505" && !unique.isFatal)
        #expect(unique.error.message == "duplicate key value violates unique constraint \"t_pkey\"")
        let number = try #require(PlainConnection.failure(of: "SELECT 'Zeisig'::int", place))
        #expect(number.error.kind == .typeMismatch && !number.error.message.contains("Zeisig"))
        let end = try #require(PlainConnection.failure(of: "SELECT pg_terminate_backend(pg_backend_pid())", place))
        #expect(end.isFatal && end.error.sqlState == "57P01" && end.error.kind == .connectionLost)
    }

    @Test("F18: that ends the connection says whether the statement may have been executed")
    func lost() {
        let cause = ServerReport(severity: "FATAL", sqlState: "57P01", message: "terminating connection").error
        let sent = SQLError.lost(isSent: true, cause: cause)
        #expect(
            sent.kind == .mayHaveExecuted && sent.sqlState == "57P01" && sent.message.contains("look before repeating"))
        let unsent = SQLError.lost(isSent: false)
        #expect(unsent.kind == .connectionLost && unsent.message.contains("it had no effect"))
    }
}
