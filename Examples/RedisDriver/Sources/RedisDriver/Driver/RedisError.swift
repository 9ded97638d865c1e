/// Why something was not done, in a sentence without a secret.
public struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// The URL, or the command, is wrong; nothing was sent.
        case misuse
        /// The server can't be reached, or does not let this user in.
        case cannotConnect
        /// The server's answer to a command; ``RedisError/code`` is its first word.
        case refusedByServer
        case connectionLost
        /// It did not answer in time.
        case timedOut
        /// What was received is not the protocol, or longer than ``Redis/replyLimit``.
        case badReply
    }

    public var kind: Kind
    public var message: String
    /// Of a server's error: `WRONGTYPE`, `READONLY`; else empty.
    public var code = ""
    /// The command's bytes may have reached the server: look before repeating it.
    public var mayHaveExecuted = false

    public var description: String {
        mayHaveExecuted ? message + "; what had been sent may have been executed, so look before repeating it" : message
    }

    init(_ kind: Kind, _ message: String, mayHaveExecuted: Bool = false) {
        (self.kind, self.message, self.mayHaveExecuted) = (kind, message, mayHaveExecuted)
    }

    /// As the server has it: a word in capitals, and a text.
    init(reply: String) {
        (kind, message) = (.refusedByServer, reply)
        code = String(reply.prefix { $0.isUppercase || $0.isNumber })
    }
}
