/// A command with its arguments.
///
///     let command: RedisCommand = ["SET", "colour", "green"]
public struct RedisCommand: Sendable, ExpressibleByArrayLiteral {
    /// What it does to the session, beyond its answer.
    enum Effect: Hashable {
        case none
        case opensTransaction, endsTransaction, discardsTransaction, watches, unwatches
        /// The database, the user, the client's name …
        case changes
        /// Answered by a push for each of so many channels, and by nothing else.
        case subscribes(Int)
        /// Is not sent.
        case isRefused(String)
    }

    /// In upper case.
    let name: String
    let encoded: [UInt8]
    let effect: Effect

    public init(_ words: [String]) { self.init(bytes: words.map { Array($0.utf8) }) }
    public init(arrayLiteral words: String...) { self.init(words) }

    public init(bytes words: [[UInt8]]) {
        func word(_ index: Int) -> String {
            index < words.count ? String(decoding: words[index], as: UTF8.self).uppercased() : ""
        }
        name = word(0)
        effect = Self.effect(of: name, word(1), arguments: max(0, words.count - 1))
        var encoded: [UInt8] = []
        encoded.reserveCapacity(words.reduce(16) { $0 + $1.count + 16 })
        encoded += "*\(words.count)\r\n".utf8
        for word in words {
            encoded += "$\(word.count)\r\n".utf8
            encoded += word
            encoded += "\r\n".utf8
        }
        self.encoded = encoded
    }

    private static func effect(of name: String, _ first: String, arguments: Int) -> Effect {
        switch name {
        case "": return .isRefused("a command needs a name")
        case "MULTI": return .opensTransaction
        case "EXEC": return .endsTransaction
        case "DISCARD": return .discardsTransaction
        case "WATCH": return .watches
        case "UNWATCH": return .unwatches
        case "SELECT", "AUTH", "READONLY", "READWRITE", "ASKING": return .changes
        // What only asks, or acts on others, changes nothing.
        case "CLIENT" where first == "REPLY":
            return .isRefused("CLIENT REPLY would leave commands without an answer; read the answers instead")
        case "CLIENT": return ["ID", "INFO", "LIST", "GETNAME", "KILL", "UNBLOCK"].contains(first) ? .none : .changes
        case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
            // Without one, the number of answers is not known beforehand.
            return arguments > 0 ? .subscribes(arguments) : .isRefused("\(name) needs the names of its channels")
        case "HELLO", "RESET", "QUIT":
            return .isRefused("\(name) is the driver's to send; it does so where a connection begins or is lent again")
        case "MONITOR", "SYNC", "PSYNC":
            return .isRefused("the answers to \(name) have no end; use a connection outside of any pool")
        default: return .none
        }
    }
}
