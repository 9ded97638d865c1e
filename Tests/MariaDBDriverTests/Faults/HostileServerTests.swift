import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server that is no MariaDB, or means no good", .timeLimit(.minutes(2)))
struct HostileServerTests {
    private func driver(_ server: ScriptedServer, tls: MariaDBTLS.Mode = .disable) -> MariaDB {
        let configuration = MariaDBConfiguration(
            hosts: [MariaDBHost("127.0.0.1", port: server.port)], user: "app",
            password: .fixed(SQLSecret("canary-Zeisig")), tls: MariaDBTLS(mode: tls))
        return MariaDB(configuration, cancelTimeout: .milliseconds(200), connectTimeLimit: .seconds(5))
    }

    /// A connection to a server that lets everybody in and then plays `steps`, one statement on it, and its error.
    private func ask(_ steps: [ScriptedServer.Step]) async throws -> SQLError? {
        let server = try ScriptedServer(ScriptedServer.session + steps)
        let driver = driver(server)
        return try await driver.lending { (handle, connection) async throws -> SQLError? in
            let error = try await sqlError { try await handle.until(.now + .seconds(5)).query("SELECT 1") }
            if error?.kind == .mayHaveExecuted { #expect(driver.condition(of: connection) == .broken) }
            return error
        }
    }

    @Test("F66: that refuses a statement costs that statement")
    func refusing() async throws {
        let refusal = ScriptedServer.error(1146, "42S02", "Table 'app.t' doesn't exist")
        let error = try await ask([.answerFrames(refusal)])
        #expect(error?.kind == .syntax && error?.vendorCode == 1146, "\(error as Any)")
    }
}
