internal import CMariaDB
public import PoolingSQL

/// What went wrong, by the number that the server or the library gives: the one classifier of this driver (F26, F27, F28,
/// F38).
struct ServerError: Hashable {
    var code: UInt32
    var sqlState: String
    var message: String

    init(code: UInt32, sqlState: String, message: String) {
        self.code = code
        self.sqlState = sqlState
        self.message = message
    }

    init(_ link: UnsafeMutablePointer<MYSQL>) {
        code = mysql_errno(link)
        sqlState = mysql_sqlstate(link).map { String(cString: $0) } ?? ""
        message = mysql_error(link).map { String(cString: $0) } ?? ""
    }

    /// Where the library notes a failure with the connection alone, such as one that ends in the midst of rows, it is that
    /// one (F21).
    init(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
        if mysql_stmt_errno(statement) == 0, let link = statement.pointee.mysql {
            self = ServerError(link)
            return
        }
        code = mysql_stmt_errno(statement)
        sqlState = mysql_stmt_sqlstate(statement).map { String(cString: $0) } ?? ""
        message = mysql_stmt_error(statement).map { String(cString: $0) } ?? ""
    }

    enum Meaning: Hashable {
        /// The connection is gone.
        case dead
        /// The server is read-only, or has another role than a writer's.
        case wrongRole
        case full
        /// It can't serve anybody at present.
        case notReady
        /// The whole transaction should be repeated.
        case retryable(SQLError.Kind)
        case stopped
        case application(SQLError.Kind)
    }

    var meaning: Meaning {
        switch code {
        // The library's own errors, of which these two are a program's; all others leave the connection unusable.
        case 2031, 2034, 2036: .application(.syntax)
        case 2020: .application(.other)
        // A failure that nobody gives a reason for.
        case 0: .dead
        case 2000...2999, 5000...5999: .dead
        // The session was ended: by KILL, by a timeout, by a shutdown.
        case 1053, 1077, 1079, 1152, 1184, 1927, 4031: .dead
        // Packets that nobody understands, or that did not arrive in time.
        case 1047 where sqlState == "08S01" && !message.contains("WSREP"): .dead
        case 1156, 1157, 1158, 1159, 1160, 1161: .dead
        case 1047: .notReady
        case 1040, 1203, 1226: .full
        // The first of them is also what other options of the server forbid.
        case 1290 where !message.contains("read-only") && !message.contains("read_only"): .application(.other)
        case 1290, 1792, 1836: .wrongRole
        case 1213: .retryable(.deadlock)
        case 1020: .retryable(.serialization)
        case 1205: .application(.busy)
        case 1317, 1028, 3024, 1969: .stopped
        case 1022, 1062, 1169, 1557, 1586, 1761, 1762: .application(.uniqueViolation)
        case 1048, 1364: .application(.notNullViolation)
        case 1215, 1216, 1217, 1451, 1452: .application(.foreignKeyViolation)
        case 3819, 4025: .application(.checkViolation)
        case 1044, 1045, 1698, 1820, 1862: .application(.authentication)
        case 1142, 1143, 1227, 1370: .application(.permissionDenied)
        case 1046, 1049: .application(.cannotOpen)
        // Too many statements are prepared, which says nothing about this one.
        case 1461: .application(.other)
        // Those that have no state of the class for this.
        case 1052, 1065, 1109, 1111, 1136, 1210, 1222, 1241, 1327: .application(.syntax)
        case 1264, 1265, 1292, 1366, 1406, 1411, 1690, 22007: .application(.typeMismatch)
        case 1021, 1114: .application(.diskFull)
        case 1034, 1035, 1194, 1195, 1712: .application(.corrupt)
        default:
            switch sqlState.prefix(2) {
            case "08": .dead
            case "42": .application(.syntax)
            default: .application(.other)
            }
        }
    }

    /// Whether it may have taken the whole transaction back.
    var mayHaveEndedTransaction: Bool {
        switch meaning {
        case .retryable, .notReady: true
        default: code == 1205 || code == 1206
        }
    }

    /// The connection is gone, for whatever reason the library gives, if it does.
    static func lost(_ reason: ServerError) -> SQLError {
        var reason = reason
        if reason.meaning != .dead {
            reason.message = reason.code == 0 ? "the server has closed it" : reason.message
            reason.code = 2013
        }
        return reason.error(isSent: true)
    }

    /// - Parameter isSent: whether a byte of a statement may have left.
    func error(isSent: Bool) -> SQLError {
        let kind: SQLError.Kind
        var text = shown
        switch meaning {
        case .dead:
            kind = isSent ? .mayHaveExecuted : .connectionLost
            text =
                isSent
                ? "the connection to the server was lost, and whether the statement was executed is not known: \(text)"
                : "the connection to the server was lost, and the statement was not executed: \(text)"
        case .wrongRole: kind = .readOnly
        case .full: kind = .tooManyConnections
        case .notReady: kind = .notReady
        case .retryable(let reason): kind = reason
        case .stopped: kind = .interrupted
        case .application(let reason): kind = reason
        }
        return SQLError(kind, text, sqlState: sqlState.isEmpty ? nil : sqlState, vendorCode: Int(code))
    }

    /// Without the values that the server quotes: `Duplicate entry 'secret' for key 'name'` (F63).
    private var shown: String {
        if message.isEmpty { return "no reason was given" }
        switch code {
        case 1062, 1586: return Self.withoutQuotation(message, keepingLast: true)
        case 1264, 1265, 1292, 1366, 1406, 1411, 1525, 1690: return Self.withoutQuotation(message, keepingLast: false)
        case 1064:
            // It quotes the statement's text from the fault on, which may have values in it.
            guard let mark = message.firstRange(of: " near '") else { return message }
            let place = message.ranges(of: "' at line").last.map { message[$0.lowerBound...].dropFirst() } ?? ""
            return String(message[..<mark.lowerBound] + place)
        default: return message
        }
    }

    private static func withoutQuotation(_ message: String, keepingLast: Bool) -> String {
        let marks = message.indices.filter { message[$0] == "'" }
        guard marks.count >= 2 else { return message }
        // The key's name, or the column's, is the last that is quoted.
        let end = keepingLast && marks.count >= 4 ? marks[marks.count - 3] : marks[marks.count - 1]
        guard marks[0] < end else { return message }
        return "\(message[...marks[0]])…\(message[end...])"
    }
}

extension SQLError.Kind {
    /// The server is there and can't serve anybody at present, such as a node of Galera that is not in its cluster.
    public static let notReady = SQLError.Kind("notReady")
    /// The user may not do this.
    public static let permissionDenied = SQLError.Kind("permissionDenied")
}
