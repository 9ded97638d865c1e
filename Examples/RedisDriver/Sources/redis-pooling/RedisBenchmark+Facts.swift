import Foundation
import PoolingCommandLine
import PoolingCore
import RedisDriver

extension RedisBenchmark {
    /// What a user may not ask for stays unknown.
    func facts(_ handle: RedisHandle) async throws -> BackendFacts {
        var facts = BackendFacts()
        let replies = try await handle.pipeline([
            RedisCommand(["INFO", "clients"]), RedisCommand(["CONFIG", "GET", "timeout"]),
            RedisCommand(["CLIENT", "INFO"]),
        ])
        let clients = Self.fields(replies[0], separator: "\r\n", sign: ":")
        facts.connectionsInUse = clients["connected_clients"].flatMap { Int($0) }
        facts.maxConnections = clients["maxclients"].flatMap { Int($0) }
        if let seconds = replies[1]["timeout"]?.integer, seconds > 0 { facts.idleTimeout = .seconds(seconds) }
        if let address = Self.fields(replies[2], separator: " ", sign: "=")["addr"] {
            facts.isRemote = !["127.", "[::1]", "/"].contains { address.hasPrefix($0) }
        }
        return facts
    }

    private static func fields(_ reply: RESPValue, separator: String, sign: Character) -> [String: String] {
        var fields: [String: String] = [:]
        for line in (reply.text ?? "").components(separatedBy: separator) {
            let parts = line.split(separator: sign, maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        return fields
    }
}
