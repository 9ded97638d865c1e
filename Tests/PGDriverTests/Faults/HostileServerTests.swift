import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server that is none, or means no good", .timeLimit(.minutes(2)))
struct HostileServerTests {
    private func driver(_ server: ScriptedServer, tls: PostgresTLS.Mode = .disable) -> Postgres {
        var configuration = PostgresConfiguration(
            hosts: [PostgresHost("localhost", address: "127.0.0.1", port: server.port)], user: "app",
            password: "canary-Zeisig", tls: PostgresTLS(mode: tls))
        configuration.channelBinding = tls == .disable ? .disable : .prefer
        return Postgres(configuration, cancelTimeout: .milliseconds(200), connectTimeLimit: .seconds(2))
    }

    @Test(
        "F64: that claims to have no TLS is told neither password nor user",
        arguments: [PostgresTLS.Mode.require, .verifyCA, .verifyFull])
    func downgrade(_ mode: PostgresTLS.Mode) async throws {
        let server = try ScriptedServer([.read(8), .write([UInt8(ascii: "N")]), .readToEnd])
        var driver = driver(server, tls: mode)
        if mode != .require {
            driver.configuration.tls.rootCertificate = try await PostgresServer.shared.certificate("authority.crt")
        }
        let error = try await sqlError { _ = try await driver.connect() }
        #expect(
            error?.message.contains("offers no TLS, and TLS mode \(mode.rawValue) demands it") == true,
            "\(error as Any)")
        #expect(try await eventually { server.conversations.count == 1 })
        // The question for TLS, and nothing after the answer.
        #expect(server.conversations.first == [0, 0, 0, 8, 4, 210, 22, 47])
    }

    @Test("F64: or whoever stands in between can't put words before the encrypted ones")
    func injected() async throws {
        let words = ScriptedServer.message("R", ScriptedServer.number(3))
        let server = try ScriptedServer([.read(8), .write([UInt8(ascii: "S")] + words), .readToEnd])
        let driver = driver(server, tls: .require)
        let error = try await sqlError { _ = try await driver.connect() }
        #expect(error?.kind == .cannotOpen, "\(error as Any)")
        #expect(try await eventually { server.conversations.count == 1 })
        let said = server.conversations.first ?? []
        #expect(!String(decoding: said, as: UTF8.self).contains("Zeisig"))
    }

    /// A connection to a server that lets everybody in and then plays `steps`, one statement on it, and its error.
    private func ask(_ steps: [ScriptedServer.Step]) async throws -> SQLError? {
        let server = try ScriptedServer(ScriptedServer.welcome + [.read(1)] + steps)
        let driver = driver(server)
        return try await driver.lending { (handle, connection) async throws -> SQLError? in
            let error = try await sqlError { try await handle.until(.now + .milliseconds(300)).query("SELECT 1") }
            if error?.kind == .mayHaveExecuted { #expect(driver.condition(of: connection) == .broken) }
            return error
        }
    }

    @Test("F66: that never stops talking is left at the deadline, in bounded memory", .timeLimit(.minutes(1)))
    func endless() async throws {
        let notice = ScriptedServer.message(
            "N", ScriptedServer.fields("SWARNING", "VWARNING", "C01000", "Mmind the gap"))
        let before = try residentBytes()
        let began = ContinuousClock.now
        let error = try await ask([.flood(Array(repeating: notice, count: 500).flatMap(\.self))])
        #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
        #expect(began.duration(to: .now) < .seconds(10))
        #expect(try residentBytes() - before < 64 << 20)
    }

    @Test("F66: that never stops talking during the login is left at the limit")
    func endlessLogin() async throws {
        let notice = ScriptedServer.message(
            "N", ScriptedServer.fields("SWARNING", "VWARNING", "C01000", "Mmind the gap"))
        let letIn = ScriptedServer.message("R", ScriptedServer.number(0))
        let server = try ScriptedServer([
            .readPacket, .write(letIn), .flood(Array(repeating: notice, count: 500).flatMap(\.self)),
        ])
        var driver = driver(server)
        driver.connectTimeLimit = .milliseconds(300)
        let began = ContinuousClock.now
        let error = try await sqlError { _ = try await driver.connect() }
        #expect(error?.kind == .cannotOpen, "\(error as Any)")
        #expect(began.duration(to: .now) < .seconds(10))
    }

    @Test("F66: that is cancelled while it talks without end is left, too")
    func endlessCancelled() async throws {
        let notice = ScriptedServer.message("N", ScriptedServer.fields("SNOTICE", "VNOTICE", "C00000", "Mgo on"))
        let flood = Array(repeating: notice, count: 500).flatMap(\.self)
        let server = try ScriptedServer(ScriptedServer.welcome + [.read(1), .flood(flood)])
        var driver = driver(server)
        let heard = Counter()
        driver.onNotice = { _ in heard.add(1) }
        try await driver.lending { (handle, _) async throws -> Void in
            for place in [nil, EventLoopExecutor.next()] {
                let task = Task(executorPreference: place) { try await handle.query("SELECT 1") }
                #expect(try await eventually { heard.value > 0 })
                task.cancel()
                let error = try await sqlError { try await task.value }
                #expect(error?.kind == .mayHaveExecuted || error?.kind == .connectionLost, "\(error as Any)")
            }
        }
    }

    @Test("F66: that refuses without a reason is an error all the same")
    func nameless() async throws {
        let refusal = ScriptedServer.message("E", ScriptedServer.fields("MZeisig"))
        let ready = ScriptedServer.message("Z", [UInt8(ascii: "I")])
        let error = try await ask([.write(refusal + ready), .readToEnd])
        #expect(error != nil && error?.sqlState == nil && error?.message.isEmpty == false, "\(error as Any)")
        let empty = try await ask([.write(ScriptedServer.message("E", [0]) + ready), .readToEnd])
        #expect(empty != nil && empty?.message.isEmpty == false, "\(empty as Any)")
    }

    @Test(
        "F66: that sends lengths that are none costs the statement and not the process",
        arguments: [
            [UInt8(ascii: "D"), 0xFF, 0xFF, 0xFF, 0xFF], [UInt8(ascii: "D"), 0, 0, 0, 0],
            [UInt8(ascii: "D"), 0x7F, 0xFF, 0xFF, 0xFF], [UInt8(ascii: "T"), 0, 0, 0, 6, 0xFF, 0xFF],
            [UInt8(ascii: "E"), 0x7F, 0, 0, 0], [UInt8(ascii: "t"), 0, 0, 0, 6, 0xFF, 0xFF], [0, 0, 0, 0, 0],
            [UInt8(ascii: "A"), 0, 0, 0, 5, 0], [UInt8(ascii: "S"), 0, 0, 0, 6, 65, 65],
        ] as [[UInt8]])
    func lengths(_ bytes: [UInt8]) async throws {
        for isEnd in [true, false] {
            let error = try await ask([.write(bytes)] + (isEnd ? [] : [.readToEnd]))
            #expect(error != nil)
        }
    }

    @Test("F66: whose words are noise costs the statement and not the process")
    func noise() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let types = Array("RSKZTDCENItn123sAGHWdcV".utf8)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let body = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                let length = ScriptedServer.number(
                    body.count + (Bool.random(using: &generator) ? 4 : Int.random(in: 0...60, using: &generator)))
                bytes += [types.randomElement(using: &generator) ?? 0] + length + body
            }
            // With whatever comes of it: by chance it may be an answer.
            _ = try await ask([.write(bytes)])
        }
    }
}
