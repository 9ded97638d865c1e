internal import CLibPQ
internal import PoolingSQL

/// What the server says went wrong with a statement.
///
/// Its `DETAIL` and `CONTEXT` are left where they are: they quote rows (`Key (email)=(…) already exists`) and statements.
/// The message itself quotes values only where a value is the fault, in class 22, and pieces of the statement's text where
/// that can't be parsed: such quotations are left out. What a function of the user's own raises (`RAISE EXCEPTION`) is
/// told as it is (F63).
struct ServerReport: Hashable {
    var severity: String?
    var sqlState: String?
    var message: String
    var hint: String?
    /// Where in the statement, in characters from 1.
    var position: Int?

    init(
        severity: String? = nil, sqlState: String? = nil, message: String, hint: String? = nil, position: Int? = nil
    ) {
        self.severity = severity
        self.sqlState = sqlState
        self.message = message
        self.hint = hint
        self.position = position
    }

    /// - Parameter result: of an error, or of a notice.
    init(_ result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        // The letters are the protocol's; libpq's names for them are macros of characters. V: not translated.
        severity = field("V") ?? field("S")
        sqlState = field("C")
        hint = field("H")
        position = field("P").flatMap { Int($0) }
        // libpq's own errors have no fields.
        message = field("M") ?? PQresultErrorMessage(result).map { Self.firstLine(String(cString: $0)) } ?? ""
    }

    /// The session ends with it.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }

    var error: SQLError {
        let kind = sqlState.map(SQLError.kind(of:)) ?? .other
        return SQLError(kind, sentence, sqlState: sqlState)
    }

    private var sentence: String {
        var text = message.isEmpty ? "the server gave no reason" : Self.withoutValues(message, sqlState ?? "")
        if let position { text += " at character \(position)" }
        if let hint, sqlState?.hasPrefix("22") != true { text += " (\(Self.firstLine(hint)))" }
        return text
    }

    static func withoutValues(_ message: String, _ sqlState: String) -> String {
        if sqlState == "22021", let colon = message.lastIndex(of: ":") { return String(message[..<colon]) }
        guard let first = message.firstIndex(of: "\""), let last = message.lastIndex(of: "\""), first < last else {
            return message
        }
        let quoted = message[message.index(after: first)..<last]
        let isValue =
            sqlState.hasPrefix("22") || sqlState == "42601" && quoted.contains { $0 == "'" || $0 == "$" }
        // From the first quote to the last one: a value may contain some.
        return isValue ? "\(message[...first])…\(message[last...])" : message
    }

    private static func firstLine(_ text: String) -> String {
        String(text.prefix { !$0.isNewline }.drop(while: \.isWhitespace))
    }
}

extension SQLError {
    /// What the server has refused.
    static func postgres(_ result: OpaquePointer) -> SQLError { ServerReport(result).error }

    /// The connection has ended while something was asked of it.
    ///
    /// Once a statement's bytes may have left, nothing that a client sees proves that it had no effect: not even a FATAL
    /// from the server, since a procedure may have committed before it (F18).
    ///
    /// - Parameters:
    ///   - isSent: whether a byte of the statement may have left.
    ///   - cause: what is known of it; its SQLSTATE is kept, such as 57P01 of an administrator's command.
    static func lost(isSent: Bool, cause: SQLError? = nil) -> SQLError {
        let reason = cause.map { ": \($0.message)" } ?? ""
        let sentence =
            isSent
            ? "the connection was lost after the statement was sent\(reason); it may have been executed, so look before "
                + "repeating it"
            : "the connection was lost before the statement was sent\(reason); it had no effect: repeat it on another "
                + "connection"
        return SQLError(isSent ? .mayHaveExecuted : .connectionLost, sentence, sqlState: cause?.sqlState)
    }

    /// A value of the server's that does not have the form of its type.
    static func malformed(_ type: String, _ length: Int) -> SQLError {
        SQLError(
            .protocolViolation,
            "the server has sent \(length) bytes that are no \(type); is something between it and this program that "
                + "changes them?")
    }
}
