import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server that is no MariaDB, or means no good", .timeLimit(.minutes(2)))
struct HostileServerTests {
    private typealias Server = ScriptedServer

    private func driver(_ server: ScriptedServer, tls: MariaDBTLS = MariaDBTLS(mode: .disable)) -> MariaDB {
        let configuration = MariaDBConfiguration(
            hosts: [MariaDBHost("127.0.0.1", port: server.port)], user: "Zeisig",
            password: .fixed(SQLSecret("canary-Zeisig")), tls: tls)
        return MariaDB(configuration, cancelTimeout: .milliseconds(200), connectTimeLimit: .seconds(5))
    }

    /// The server's answer to the preparing of a statement: so many placeholders and columns.
    private static func prepared(parameters: Int = 0, columns: Int = 0) -> [UInt8] {
        Server.frame(1, [0] + Server.bytes(1, 4) + Server.bytes(columns, 2) + Server.bytes(parameters, 2) + [0, 0, 0])
    }

    /// What describes a column of type TEXT.
    private static func column(_ number: UInt8) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
        let names = text("def") + text("") + text("") + text("") + text("a") + text("a")
        return Server.frame(number, names + [12, 45, 0] + Server.bytes(1000, 4) + [252, 0, 0, 0, 0, 0])
    }

    private static func endOfPart(_ number: UInt8) -> [UInt8] { Server.frame(number, [0xFE, 0, 0, 2, 0]) }

    /// Prepares a statement with one column.
    private static let oneColumn: [Server.Step] = [
        .readFrame, .write(prepared(columns: 1) + column(2) + endOfPart(3)), .readFrame,
    ]

    /// A connection to a server that lets everybody in and then plays `steps`, one statement on it, and its error.
    private func ask(_ steps: [Server.Step], limit: Duration = .milliseconds(300)) async throws -> SQLError? {
        let server = try ScriptedServer(Server.session + steps)
        let driver = driver(server)
        return try await driver.lending { (handle, connection) async throws -> SQLError? in
            let error = try await sqlError { try await handle.until(.now + limit).query("SELECT 1") }
            if error?.kind == .mayHaveExecuted { #expect(driver.condition(of: connection) == .broken) }
            return error
        }
    }

    // MARK: TLS

    @Test(
        "F64: that claims to have no TLS is told no password, gets no statement, and where it has to prove itself no name",
        arguments: [true, false])
    func downgrade(_ isVerified: Bool) async throws {
        let server = try ScriptedServer(
            isVerified ? [.write(Server.greeting()), .readToEnd] : Server.session + [.readToEnd])
        let tls =
            isVerified
            ? MariaDBTLS(rootCertificate: try MariaDBServer.shared.certificate("authority.crt"))
            : MariaDBTLS(mode: .require)
        let error = try await sqlError { _ = try await driver(server, tls: tls).connect() }
        #expect(error?.message.contains("offers no TLS, and TLS mode") == true, "\(error as Any)")
        #expect(try await eventually { server.conversations.count == 1 })
        let said = String(decoding: server.conversations.first ?? [], as: UTF8.self)
        #expect(!said.contains("canary"), "\(said)")
        // The library says its name before it looks whether that is encrypted, if nothing has to be verified.
        if isVerified { #expect(!said.contains("Zeisig"), "\(said)") }
    }

    @Test(
        "F64: that asks for the password as it is, or would get it so, is told nothing of it",
        arguments: [
            (MariaDBTLS.Mode.disable, "mysql_clear_password"), (.disable, "dialog"), (.require, "mysql_clear_password"),
            (.require, "caching_sha2_password"), (.require, "sha256_password"),
        ])
    func clearPassword(_ mode: MariaDBTLS.Mode, _ way: String) async throws {
        let request = [0xFE] + Array("\(way)\u{0}abcdefghijklmnopqrst\u{0}".utf8)
        let server = try ScriptedServer([
            .write(Server.greeting()), .readFrame, .write(Server.frame(2, request)), .readToEnd,
        ])
        let error = try await sqlError { _ = try await driver(server, tls: MariaDBTLS(mode: mode)).connect() }
        #expect(error?.message.contains("in a way that is not trusted here") == true, "\(error as Any)")
        #expect(try await eventually { server.conversations.count == 1 })
        let said = String(decoding: server.conversations.first ?? [], as: UTF8.self)
        #expect(!said.contains("canary"), "\(said)")
    }

    @Test("F64: or whoever stands in between can't put words before the encrypted ones")
    func injected() async throws {
        let server = try ScriptedServer([
            .write(
                Server.greeting(Server.Ability.usual | Server.Ability.tls) + Server.done(2) + Server.done(3)
                    + Server.done(1)),
            .readToEnd,
        ])
        var driver = driver(server, tls: MariaDBTLS(mode: .require))
        driver.connectTimeLimit = .seconds(1)
        let error = try await sqlError { _ = try await driver.connect() }
        #expect(error?.kind == .cannotOpen, "\(error as Any)")
        #expect(try await eventually { server.conversations.count == 1 })
        let said = String(decoding: server.conversations.first ?? [], as: UTF8.self)
        #expect(!said.contains("Zeisig"), "\(said)")
    }

    // MARK: Files

    /// When it asks for a file.
    enum Moment: String, CaseIterable, Sendable { case login, setUp, prepare, execute }

    @Test("F65: that asks for a file of this machine gets nothing of it, whenever it asks", arguments: Moment.allCases)
    func file(_ moment: Moment) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-\(UUID().uuidString)").path
        try String(repeating: "canary-Stieglitz ", count: 100).write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        func question(_ number: UInt8) -> Server.Step { .write(Server.frame(number, [0xFB] + path.utf8)) }
        let abilities = Server.Ability.usual | Server.Ability.files
        let greeting = Server.Step.write(Server.greeting(abilities))
        let steps: [Server.Step] =
            switch moment {
            case .login: [greeting, .readFrame, question(2)]
            case .setUp: [greeting, .readFrame, .write(Server.done(2)), .readFrame, question(1)]
            case .prepare: Server.session + [.readFrame, question(1)]
            case .execute: Server.session + [.readFrame, .write(Self.prepared()), .readFrame, question(1)]
            }
        let server = try ScriptedServer(steps + [.readToEnd])
        var driver = driver(server)
        driver.connectTimeLimit = .seconds(2)
        let error = try await sqlError {
            try await driver.lending { (handle, _) async throws -> Void in
                _ = try await handle.until(.now + .seconds(2)).query("SELECT 1")
            }
        }
        #expect(error != nil && error?.message.isEmpty == false)
        #expect(try await eventually { !server.conversations.isEmpty })
        for said in server.conversations {
            #expect(!String(decoding: said, as: UTF8.self).contains("Stieglitz"))
        }
    }

    @Test("F65: nor does a statement that loads one itself, at a server that would take it")
    func loading() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-\(UUID().uuidString)").path
        try "1\n2\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await MariaDBServer.isolated("local-infile=1") { server in
            let driver = server.driver(as: MariaDBServer.user)
            try await driver.lending { handle, connection async throws -> Void in
                #expect(try await handle.int("SELECT @@local_infile") == 1)
                try await handle.execute("CREATE TEMPORARY TABLE loaded(v INT)")
                let error = try await sqlError {
                    try await handle.execute("LOAD DATA LOCAL INFILE '\(unsafe: path)' INTO TABLE loaded")
                }
                #expect(error != nil && error?.message.isEmpty == false)
                if driver.condition(of: connection) != .broken {
                    #expect(try await handle.int("SELECT COUNT(*) FROM loaded") == 0)
                }
            }
        }
    }

    // MARK: Noise

    @Test("F66: that refuses a statement costs that statement")
    func refusing() async throws {
        let refusal = Server.error(1146, "42S02", "Table 'app.t' doesn't exist")
        let error = try await ask([.answerFrames(refusal)], limit: .seconds(5))
        #expect(error?.kind == .syntax && error?.vendorCode == 1146, "\(error as Any)")
        let nameless = try await ask([.answerFrames(Server.frame(1, [0xFF, 0x7A, 0x04]))], limit: .seconds(5))
        #expect(nameless != nil && nameless?.message.isEmpty == false, "\(nameless as Any)")
    }

    @Test("F66: that never stops talking during the login is left at the limit", arguments: [0, 1])
    func endlessLogin(_ kind: Int) async throws {
        let packet = kind == 0 ? Server.frame(1, [1, 2, 3]) : Server.frame(2, [UInt8](repeating: 1, count: 5000))
        let server = try ScriptedServer([
            .write(Server.greeting()), .readFrame, .flood(Array(repeating: packet, count: 500).flatMap(\.self)),
        ])
        var driver = driver(server)
        driver.connectTimeLimit = .seconds(1)
        let began = ContinuousClock.now
        let error = try await sqlError { _ = try await driver.connect() }
        #expect(error?.kind == .cannotOpen, "\(error as Any)")
        #expect(began.duration(to: .now) < .seconds(15))
    }

    @Test(
        "F66: that sends lengths and numbers that are none costs the statement and not the process",
        arguments: [
            [0xFF, 0xFF, 0xFF, 1], [0, 0, 0, 1], [0, 0, 0, 0], Server.frame(7, [0]), Server.frame(1, [0]),
            Server.frame(1, [0, 1]), Server.frame(1, [0xFF]), Server.frame(1, [0xFF, 0]), Server.frame(1, [0xFB]),
            Server.frame(1, [0xFE]), prepared(parameters: 65535, columns: 65535) + endOfPart(2) + endOfPart(3),
            prepared(columns: 1) + Server.frame(2, [3, 1]) + endOfPart(3),
            prepared(columns: 1) + Server.frame(2, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
                + endOfPart(3),
            prepared(columns: 2) + column(2) + endOfPart(3),
        ] as [[UInt8]])
    func lengths(_ bytes: [UInt8]) async throws {
        for isEnd in [true, false] {
            let error = try await ask([.readFrame, .write(bytes)] + (isEnd ? [] : [.readToEnd]))
            #expect(error != nil)
        }
    }

    @Test(
        "F66: whose rows are cut, or say that they are longer than they are, costs the statement and not the process",
        arguments: [
            [], [0], [0, 0, 5, 65], [0, 0, 0xFC, 0xFF, 0xFF, 65], [0, 0, 0xFD, 0xFF, 0xFF, 0xFF, 65],
            [0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 65],
            [0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65],
        ] as [[UInt8]])
    func rows(_ row: [UInt8]) async throws {
        let head = Server.frame(1, [1]) + Self.column(2) + Self.endOfPart(3)
        let steps = Self.oneColumn + [.write(head + Server.frame(4, row) + Self.endOfPart(5)), .readToEnd]
        let error = try await ask(steps)
        #expect(error != nil)
        let server = try ScriptedServer(Server.session + steps)
        let streamed = try await sqlError {
            try await driver(server).lending { (handle, _) async throws -> Void in
                for try await _ in try await handle.until(.now + .milliseconds(300)).stream("SELECT 1") {}
            }
        }
        #expect(streamed != nil)
    }

    @Test("F66: whose row says that it is longer than there is memory costs the statement at most")
    func longRow() async throws {
        let head = Server.frame(1, [1]) + Self.column(2) + Self.endOfPart(3)
        let row = Server.frame(4, [0, 0, 0xFE, 0, 0, 0, 0, 4, 0, 0, 0])
        for isEnd in [true, false] {
            let answer = Server.Step.write(head + row + Self.endOfPart(5))
            _ = try await ask(Self.oneColumn + [answer] + (isEnd ? [] : [.readToEnd]))
        }
    }

    @Test("F66: whose words are noise costs the statement and not the process")
    func noise() async throws {
        for seed in 0..<60 {
            var noise = Noise(seed: UInt64(seed))
            var bytes: [UInt8] = []
            for number in 1...noise.number(1...6) {
                let body = (0..<noise.number(0...40)).map { _ in UInt8(noise.number(0...255)) }
                let packet = Server.frame(UInt8(noise.number(0...9) == 0 ? noise.number(0...255) : number), body)
                bytes += noise.number(0...5) == 0 ? Array(packet.dropLast(2)) : packet
            }
            // With whatever comes of it: by chance it may be an answer.
            _ = try await ask([.readFrame, .write(bytes)])
            _ = try await ask(Self.oneColumn + [.write(bytes)])
        }
    }
}

/// The same noise for the same seed.
private struct Noise {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int(state >> 33) % range.count
    }
}
