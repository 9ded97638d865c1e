import Foundation
import PoolingTestKit
import Testing

@Suite struct ShellReplayTests {
    @Test(arguments: [1, 6, 1032, 8777])
    func `a script is the same each time it is played`(seed: UInt64) async {
        let hashes = await onItsOwnThread {
            (0..<3).map { _ in
                let simulation = ShellSimulation(script: ShellScript(seed: seed))
                simulation.run(.both)
                return simulation.world.trace.hash
            }
        }
        #expect(Set(hashes).count == 1)
    }

    @Test func `different seeds are different scripts`() async {
        let hashes = await onItsOwnThread {
            (1...30).map { seed in
                let simulation = ShellSimulation(script: ShellScript(seed: UInt64(seed)))
                simulation.run(.safety)
                return simulation.world.trace.hash
            }
        }
        #expect(Set(hashes).count == 30)
    }

    @Test(arguments: [6, 2998])
    func `a replay in another process is the same byte for byte`(seed: Int) async throws {
        let (first, second, here) = try await onItsOwnThread {
            let first = Result { try simulate("--part", "shell", "--seed", "\(seed)", "--trace") }
            let second = Result { try simulate("--part", "shell", "--seed", "\(seed)", "--trace") }
            let here = ShellSimulation(script: ShellScript(seed: UInt64(seed)), keepsTrace: true)
            here.run(.both)
            return Result { (try first.get(), try second.get(), here.world.trace.lines.joined(separator: "\n")) }
        }.get()
        #expect(first.count > 1000)
        #expect(first == second)
        #expect(String(decoding: first, as: UTF8.self).hasPrefix(here))
    }
}
