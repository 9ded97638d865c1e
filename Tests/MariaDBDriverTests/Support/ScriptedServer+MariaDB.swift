import TestServers

// What a server of MariaDB says.
extension ScriptedServer {
    /// A message of the server's: its length, its number in the exchange, which counts on from the client's, and the rest.
    static func frame(_ number: UInt8, _ body: [UInt8]) -> [UInt8] { bytes(body.count, 3) + [number] + body }

    /// The lowest byte first.
    static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Done, with nothing to tell.
    static func done(_ number: UInt8) -> [UInt8] { frame(number, [0, 0, 0, 2, 0, 0, 0]) }
    /// What a statement is answered that has no rows.
    static let fine = done(1)

    /// What a statement is answered that is refused.
    /// - Parameter number: 0: what is said without being asked.
    static func error(_ code: UInt16, _ state: String, _ message: String, number: UInt8 = 1) -> [UInt8] {
        frame(number, [0xFF] + bytes(Int(code), 2) + Array("#\(state)\(message)".utf8))
    }

    /// What a server can do.
    enum Ability {
        static let files = 1 << 7
        static let tls = 1 << 11
        /// The present protocol and passwords, transactions, several results, ways to prove oneself by name, tracking.
        static let usual = 0x00AA_A20E
    }

    /// What it begins with.
    static func greeting(_ abilities: Int = Ability.usual) -> [UInt8] {
        let salt = Array("abcdefghijklmnopqrst".utf8)
        var body: [UInt8] = [10]
        body += Array("5.5.5-10.11.6-MariaDB\u{0}".utf8) + bytes(7, 4)
        body += salt.prefix(8) + [0] + bytes(abilities, 2)
        // The character set, the status, and how long the salt is.
        body += [45] + bytes(2, 2) + bytes(abilities >> 16, 2) + [21] + bytes(0, 10)
        body += salt.dropFirst(8) + [0]
        body += Array("mysql_native_password\u{0}".utf8)
        return frame(0, body)
    }

    /// Lets anybody in.
    static let welcome: [Step] = [.write(greeting()), .readFrame, .write(done(2))]
    /// The same, and takes the statements by which the driver sets up the session, tries it and asks where it is, which this
    /// one does not say.
    static let session: [Step] = welcome + (0..<3).flatMap { _ in [.readFrame, .write(fine)] as [Step] }
}
