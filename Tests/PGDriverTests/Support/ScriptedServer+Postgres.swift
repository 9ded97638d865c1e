import TestServers

// What a server of PostgreSQL says.
extension ScriptedServer {
    /// A message of the server's.
    static func message(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
        [type.asciiValue ?? 0] + number(body.count + 4) + body
    }

    static func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

    /// Fields of an error or a notice, each with its letter in front.
    static func fields(_ fields: String...) -> [UInt8] { fields.flatMap { Array($0.utf8) + [0] } + [0] }

    /// Lets anybody in, and is ready.
    static let welcome: [Step] = [
        .readPacket,
        .write(
            message("R", number(0)) + message("S", Array("server_version\u{0}15.0\u{0}".utf8))
                + message("S", Array("client_encoding\u{0}UTF8\u{0}".utf8)) + message("K", number(1) + number(2))
                + message("Z", [UInt8(ascii: "I")])),
    ]
}
