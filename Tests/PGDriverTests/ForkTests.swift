import Foundation
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

// In a process of its own: in this one other tests' threads may hold locks that a child would wait for.
@Suite("A child process", .timeLimit(.minutes(2)))
struct ForkTests {
    @Test("F34: may not use its parent's connection, and its end does not end the parent's session")
    func inherited() async {
        await #expect(processExitsWith: .success) {
            let driver = Server.driver
            try await driver.lending { (handle, connection) async throws -> Void in
                #expect(try await handle.int("SELECT 7") == 7)
                let code = try forked {
                    guard driver.condition(of: connection) == .broken, connection.isInherited else { return 1 }
                    return 0
                }
                #expect(code == 0)
                #expect(driver.condition(of: connection) == .ready)
                #expect(try await handle.int("SELECT 8") == 8)
            }
        }
    }
}

/// Runs `child` in a child of this process and ends it there.
/// - Returns: what it returned; nil if it was killed, or hung for 20 seconds.
private func forked(_ child: () -> Int32) throws -> Int32? {
    // Swift hides the function, since a child must not use most of the runtime. What is tested here is how it is kept
    // from it.
    let address = try #require(dlsym(nil, "fork"))
    let fork = unsafeBitCast(address, to: (@convention(c) () -> Int32).self)
    let process = fork()
    if process == 0 {
        alarm(20)
        _exit(child())
    }
    try #require(process > 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
}
