import PoolingSQL
import Testing

@testable import MariaDBDriver

@Suite("Numbers of MariaDB's errors")
struct ServerErrorTests {
    private func kinds(_ code: UInt32, _ state: String = "HY000", _ text: String = "") -> [SQLError.Kind] {
        let error = ServerError(code: code, sqlState: state, message: text)
        return [false, true].map { error.error(isSent: $0).kind }
    }

    @Test("F26, F27, F28, F38: tell what kind of failure it is, whether a statement was on its way or not")
    func table() {
        let table: [(SQLError.Kind, [UInt32])] = [
            (.tooManyConnections, [1040, 1203, 1226]), (.readOnly, [1792, 1836]), (.deadlock, [1213]),
            (.serialization, [1020]), (.busy, [1205]), (.interrupted, [1317, 1028, 1969, 3024]),
            (.uniqueViolation, [1022, 1062, 1169, 1586]), (.notNullViolation, [1048, 1364]),
            (.foreignKeyViolation, [1216, 1217, 1451, 1452]), (.checkViolation, [3819, 4025]),
            (.authentication, [1044, 1045, 1698]), (.permissionDenied, [1142, 1143, 1227, 1370]),
            (.syntax, [1052, 1065, 1136, 1210, 1241, 1327]), (.typeMismatch, [1264, 1292, 1366, 1406]),
            (.diskFull, [1021, 1114]), (.corrupt, [1034, 1194]), (.other, [1, 1999, 4999]),
        ]
        for (kind, codes) in table {
            for code in codes { #expect(kinds(code) == [kind, kind], "\(code)") }
        }
        // By the class of their SQLSTATE.
        for (code, state) in [(1054, "42S22"), (1064, "42000"), (1146, "42S02"), (1305, "42000")] as [(UInt32, String)]
        {
            #expect(kinds(code, state) == [.syntax, .syntax], "\(code)")
        }
        // Of one number are a server's role, and what others of its options forbid.
        func forbidden(_ option: String) -> [SQLError.Kind] {
            kinds(
                1290, "HY000",
                "The MariaDB server is running with the \(option) option so it cannot execute this statement")
        }
        #expect(forbidden("--read-only") == [.readOnly, .readOnly])
        #expect(forbidden("--secure-file-priv") == [.other, .other])
    }

    @Test("F38: of a connection that is gone say whether the statement may have been executed")
    func dead() {
        // The library's own ones, those of today and those to come, and what the server says to a session that it ends.
        for code: UInt32 in [2000, 2002, 2003, 2006, 2013, 2014, 2027, 2045, 2055, 2062, 2099, 2999, 5000, 5014, 5999] {
            #expect(kinds(code) == [.connectionLost, .mayHaveExecuted], "\(code)")
        }
        for code: UInt32 in [1053, 1077, 1079, 1152, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1927, 4031] {
            #expect(kinds(code) == [.connectionLost, .mayHaveExecuted], "\(code)")
        }
        // A failure without a reason.
        #expect(kinds(0, "00000") == [.connectionLost, .mayHaveExecuted])
        // A number that nobody has heard of, by its SQLSTATE.
        #expect(kinds(9999, "08S01") == [.connectionLost, .mayHaveExecuted])
    }

    @Test("F28: of one number mean a node that is not ready, or a command that nobody understands, by their text")
    func unknownCommand() {
        let notReady = kinds(1047, "08S01", "WSREP has not yet prepared node for application use")
        #expect(notReady == [.notReady, .notReady])
        #expect(kinds(1047, "08S01", "Unknown command") == [.connectionLost, .mayHaveExecuted])
    }

    @Test(
        "F63: quote no value",
        arguments: [
            (1062, "Duplicate entry 'Zeisig' for key 'name'", "Duplicate entry '…' for key 'name'"),
            (1062, "Duplicate entry 'a'Zeisig'b' for key 'name'", "Duplicate entry '…' for key 'name'"),
            (
                1366, "Incorrect integer value: 'Zeisig' for column `a`.`t`.`v` at row 1",
                "for column `a`.`t`.`v` at row 1"
            ),
            (1292, "Truncated incorrect DOUBLE value: 'Zeisig'", "Truncated incorrect DOUBLE value: '…'"),
            (1064, "You have an error … to use near 'FORM 'Zeisig'' at line 1", "to use at line 1"),
            (1064, "You have an error … to use near 'x\n'Zeisig\nat line 2' at line 3", "to use at line 3"),
            (
                1231, "Variable 'sql_mode' can't be set to the value of 'Zei'sig'Zeisig'",
                "'sql_mode' can't be set to this"
            ),
            (1298, "Unknown or incorrect time zone: 'Zeisig'", "Unknown or incorrect time zone: '…'"),
            (1115, "Unknown character set: 'Zeisig'", "Unknown character set: '…'"),
            (1526, "Table has no partition for value Zeisig", "no partition for this value"),
            (1146, "Table 'app.missing' doesn't exist", "Table 'app.missing' doesn't exist"),
            (1099, "", "no reason was given"),
        ] as [(UInt32, String, String)])
    func quotations(code: UInt32, said: String, told: String) {
        let error = ServerError(code: code, sqlState: "HY000", message: said)
        let message = error.error(isSent: true).message
        #expect(message.contains(told) && !message.contains("Zeisig"), "\(message)")
    }
}
