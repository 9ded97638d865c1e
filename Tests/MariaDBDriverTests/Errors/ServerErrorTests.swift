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
            (.tooManyConnections, [1040, 1203, 1226]), (.readOnly, [1290, 1792, 1836]), (.deadlock, [1213]),
            (.serialization, [1020]), (.busy, [1205]), (.interrupted, [1317, 1028, 1969, 3024]),
            (.uniqueViolation, [1022, 1062, 1169, 1586]), (.notNullViolation, [1048, 1364]),
            (.foreignKeyViolation, [1216, 1217, 1451, 1452]), (.checkViolation, [3819, 4025]),
            (.authentication, [1044, 1045, 1698]), (.permissionDenied, [1142, 1143, 1227, 1370]),
            (.syntax, [1054, 1064, 1146, 1305]), (.typeMismatch, [1264, 1292, 1366, 1406]),
            (.diskFull, [1021, 1114]), (.corrupt, [1034, 1194]), (.other, [1, 1999, 4999]),
        ]
        for (kind, codes) in table {
            for code in codes { #expect(kinds(code) == [kind, kind], "\(code)") }
        }
    }

    @Test("F38: of a connection that is gone say whether the statement may have been executed")
    func dead() {
        // The library's own ones, those of today and those to come, and what the server says to a session that it ends.
        for code: UInt32 in [2000, 2002, 2003, 2006, 2013, 2014, 2027, 2045, 2055, 2099, 5000, 5014] {
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
}
