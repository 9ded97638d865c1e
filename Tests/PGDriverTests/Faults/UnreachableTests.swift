import Foundation
import PGDriver
import TestServers
import Testing

@Suite("A server that can't be reached", .timeLimit(.minutes(3)))
struct UnreachableTests {
    @Test(
        "F15, F16, F22: is given up on by an acquire and its statement in their time, whatever the pool holds",
        arguments: NetworkTrouble.allCases, PoolStart.allCases)
    func acquire(_ trouble: NetworkTrouble, _ start: PoolStart) async throws {
        let line = try ProxiedServer("unreachable")
        try await UnreachableServers.acquire(trouble, start, of: line) { process, isFrozen in
            if process > 0 { try PostgresServer.signal(isFrozen ? SIGSTOP : SIGCONT, pid_t(process)) }
        }
    }

    @Test("F24: and can be again is used at once, without waiting for what was lost")
    func healed() async throws { try await UnreachableServers<Postgres>.healed() }
}
