import TestServers

// What a server of MariaDB says.
extension ScriptedServer {
    /// A packet: the number counts on from the client's, which begins with 0 at each command.
    static func packet(_ number: UInt8, _ body: [UInt8]) -> [UInt8] { bytes(body.count, 3) + [number] + body }

    /// The lowest byte first.
    static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Done, with nothing to tell.
    static func ok(_ number: UInt8) -> [UInt8] { packet(number, [0, 0, 0, 2, 0, 0, 0]) }

    static func refusal(_ number: UInt8, code: Int, state: String, _ message: String) -> [UInt8] {
        packet(number, [0xFF] + bytes(code, 2) + Array("#\(state)\(message)".utf8))
    }

    /// What a server can do.
    enum Ability {
        static let files = 1 << 7
        static let tls = 1 << 11
        /// The protocol of 4.1, transactions, several results, named ways of proving oneself, session tracking …
        static let usual = 0x00AA_A20E
    }

    /// What it begins with.
    static func greeting(_ abilities: Int = Ability.usual) -> [UInt8] {
        let salt = Array("01234567890123456789".utf8)
        var body: [UInt8] = [10]
        body += Array("10.11.6-MariaDB\u{0}".utf8) + bytes(7, 4)
        body += salt.prefix(8) + [0] + bytes(abilities, 2)
        // The character set, the status, and how long the salt is.
        body += [45] + bytes(2, 2) + bytes(abilities >> 16, 2) + [21] + bytes(0, 10)
        body += salt.dropFirst(8) + [0]
        body += Array("mysql_native_password\u{0}".utf8)
        return packet(0, body)
    }

    /// Lets anybody in, and takes the statement by which the driver sets up the session.
    static let welcome: [Step] = [.write(greeting()), .readFrame, .write(ok(2)), .readFrame, .write(ok(1))]
}
