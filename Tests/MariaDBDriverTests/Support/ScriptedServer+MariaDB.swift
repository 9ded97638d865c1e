import TestServers

// What a server of MariaDB says.
extension ScriptedServer {
    /// A message of the server's: its length, its number in the exchange and the rest.
    static func frame(_ number: UInt8, _ body: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: body.count), UInt8(truncatingIfNeeded: body.count >> 8), 0, number] + body
    }

    private static let done: [UInt8] = [0, 0, 0, 2, 0, 0, 0]
    /// What a statement is answered that has no rows.
    static let fine = frame(1, done)

    /// What a statement is answered that is refused.
    /// - Parameter number: 0: what is said without being asked.
    static func error(_ code: UInt16, _ state: String, _ message: String, number: UInt8 = 1) -> [UInt8] {
        frame(number, [0xFF, UInt8(code & 255), UInt8(code >> 8)] + Array("#\(state)\(message)".utf8))
    }

    /// Lets anybody in, and lets him set his session up.
    static let welcomeToWork = welcome + [.readFrame, .write(fine), .readFrame, .write(fine)]

    /// Lets anybody in.
    static let welcome: [Step] = [
        .write(
            frame(
                0,
                [10] + Array("5.5.5-10.11.6-MariaDB\u{0}".utf8) + [1, 0, 0, 0] + Array("abcdefgh".utf8) + [0]
                    // What it can do: the present protocol and passwords, and ways to prove oneself by name.
                    + [0x0C, 0xA2, 45, 2, 0, 0x08, 0x00, 21] + [UInt8](repeating: 0, count: 10)
                    + Array("ijklmnopqrst\u{0}mysql_native_password\u{0}".utf8))),
        .readFrame, .write(frame(2, done)),
    ]
}
