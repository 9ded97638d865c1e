import Testing

@testable import RedisDriver

@Suite("What a server sends")
struct ProtocolTests {
    private func parse(_ text: String, piece: Int = .max, maxBytes: Int = 1 << 20, maxValues: Int = 1000) throws
        -> [RESPValue]
    {
        var parser = RESPParser(maxBytes: maxBytes, maxValues: maxValues)
        var values: [RESPValue] = []
        let bytes = Array(text.utf8)
        for first in stride(from: 0, to: bytes.count, by: min(piece, bytes.count)) {
            parser.append(bytes[first..<min(first + min(piece, bytes.count), bytes.count)])
            while let value = try parser.next() { values.append(value) }
        }
        return values
    }

    private static func string(_ text: String) -> RESPValue { .string(Array(text.utf8)) }

    private static let samples: [(String, [RESPValue])] = [
        ("+OK\r\n", [string("OK")]),
        ("-WRONGTYPE no list\r\n", [.error(RedisError(reply: "WRONGTYPE no list"))]),
        (":-9223372036854775808\r\n", [.integer(.min)]),
        ("$5\r\na\r\nbc\r\n", [string("a\r\nbc")]),
        ("$0\r\n\r\n", [string("")]),
        ("$-1\r\n*-1\r\n_\r\n", [.null, .null, .null]),
        ("#t\r\n#f\r\n,1.5\r\n,-inf\r\n", [.boolean(true), .boolean(false), .double(1.5), .double(-.infinity)]),
        ("(3492890328409238509324850943850943825024385\r\n", [string("3492890328409238509324850943850943825024385")]),
        ("!5\r\nERR x\r\n=8\r\ntxt:some\r\n", [.error(RedisError(reply: "ERR x")), string("some")]),
        ("*0\r\n%0\r\n~0\r\n", [.array([]), .map([:]), .array([])]),
        ("*2\r\n*1\r\n:1\r\n*2\r\n$-1\r\n+b\r\n", [.array([.array([.integer(1)]), .array([.null, string("b")])])]),
        ("%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n", [.map([string("a"): .integer(1), string("b"): .array([.null])])]),
        (">2\r\n+message\r\n+x\r\n:1\r\n", [.push([string("message"), string("x")]), .integer(1)]),
        // An attribute says something about the value behind it, and is none.
        ("|1\r\n+ttl\r\n:3600\r\n*1\r\n|0\r\n:7\r\n", [.array([.integer(7)])]),
    ]

    @Test("is read as it is typed, however it is cut into pieces", arguments: samples.indices)
    func typed(_ index: Int) throws {
        let (text, expected) = Self.samples[index]
        for piece in 1...text.utf8.count { #expect(try parse(text, piece: piece) == expected, "in pieces of \(piece)") }
    }

    @Test(
        "and is none of the protocol is refused as soon as that is seen",
        arguments: [
            "x", "\n", "\r\n", "+a\n", ":1a\r\n", ":99999999999999999999\r\n", "$a\r\n", "$-2\r\n", "$1\r\nabc",
            "*-7\r\n",
            "$99999999999999999999\r\n", "#x\r\n", ",x\r\n", "HTTP/1.1 200 OK\r\n", "$1\r\na\n\n",
        ])
    func nonsense(_ text: String) {
        if text == "x" {
            // It may still become a line.
            #expect((try? parse(text))?.isEmpty == true)
            #expect(throws: RESPParser.Violation.self) { try parse(text + "\r\n") }
        } else {
            #expect(throws: RESPParser.Violation.self) { try parse(text) }
        }
    }

    @Test("F66: and is longer than is allowed is refused before it has come, and takes no memory")
    func bounds() throws {
        for text in [
            "$9999999999\r\n", "$9223372036854775807\r\n", "*9999999999\r\n", "*9223372036854775807\r\n",
            "%4611686018427387904\r\n", "%9223372036854775807\r\n", "*2\r\n$1048576\r\n", "*1001\r\n",
        ] {
            let violation = #expect(throws: RESPParser.Violation.self) { try parse(text) }
            #expect(violation?.isTooLong == true, "\(text)")
        }
        // The bound is for a whole reply, not for each of its parts.
        let parts = "*3\r\n" + String(repeating: "$40\r\n\(String(repeating: "a", count: 40))\r\n", count: 3)
        #expect(try parse(parts, maxBytes: 200).count == 1)
        #expect(throws: RESPParser.Violation.self) { try parse(parts, maxBytes: 120) }
        // And not for several.
        #expect(try parse(String(repeating: parts, count: 100), piece: 7, maxBytes: 200).count == 100)
        #expect(throws: RESPParser.Violation.self) { try parse("*3\r\n*2\r\n:1\r\n:2\r\n:3\r\n:4\r\n", maxValues: 5) }
        // What was promised counts for nothing that was not sent.
        #expect(try parse("*900\r\n*90\r\n", maxValues: 1000).isEmpty)
    }

    @Test("F66: and is nested without end, or a line without end, is refused")
    func depth() {
        #expect(throws: RESPParser.Violation.self) { try parse(String(repeating: "*1\r\n", count: 40)) }
        #expect(throws: RESPParser.Violation.self) {
            try parse("+" + String(repeating: "a", count: 70_000), piece: 16_384)
        }
    }

    @Test("A command is sent as it is, whatever bytes are in it")
    func command() {
        let command = RedisCommand(bytes: [Array("set".utf8), [0, 13, 10, 255], []])
        #expect(
            command.encoded == Array("*3\r\n$3\r\nset\r\n$4\r\n".utf8) + [0, 13, 10, 255] + Array("\r\n$0\r\n\r\n".utf8)
        )
        #expect(command.name == "SET")
    }
}
