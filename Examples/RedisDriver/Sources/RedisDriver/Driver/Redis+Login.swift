/// A text that is never shown: not by `print`, not by `dump`, not in an error (F63).
public struct RedisPassword: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String

    public init(_ text: String) { self.text = text }
    public init(stringLiteral text: String) { self.text = text }
}

extension RedisPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<password>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Redis {
    /// Why the server does not accept what a connection begins with.
    ///
    /// Nothing of the server's own text: an old one repeats the arguments of commands that it does not know, and the
    /// password is among them.
    func refusal(of command: RedisCommand, _ error: RedisError) -> RedisError {
        let who = user.map { "user '\($0)'" } ?? "the default user"
        let why =
            switch (error.code, command.name) {
            case ("WRONGPASS", _): "the password of \(who) is wrong, or the user is disabled"
            case ("NOAUTH", _): "it wants a password for \(who): redis://:password@host"
            case ("NOPERM", _): "\(who) may not \(command.name), which a pool needs: +ping +select +hello +reset"
            case ("LOADING", _): "it is still loading its data; it will answer when it has"
            case ("DENIED", _): "its protected mode lets in nobody from other hosts: set a password there"
            case (_, "SELECT"): "it has no database \(database)"
            case ("ERR", _) where error.message.hasPrefix("ERR max number of clients"):
                "it has no place for another connection: lower the pool's max, or raise its maxclients"
            case (_, "HELLO"), (_, "RESET"): "it does not know \(command.name); Redis 6.2 or later is needed"
            default: "it answers \(command.name) with an error"
            }
        var refusal = RedisError(.cannotConnect, "Redis at \(place) does not accept the connection: \(why)")
        refusal.code = error.code
        return refusal
    }
}
