import Foundation
import PoolingTestKit
import Testing

@Suite struct ReplayTests {
    @Test(arguments: [1, 7, 2008, 424_242])
    func `a script is the same each time it is played`(seed: UInt64) async {
        let hashes = await onItsOwnThread {
            (0..<3).map { _ in
                let simulation = Simulation(script: Script(seed: seed))
                simulation.run(.both)
                return simulation.trace.hash
            }
        }
        #expect(Set(hashes).count == 1)
    }

    @Test func `different seeds are different scripts`() async {
        let hashes = await onItsOwnThread {
            (1...50).map { seed in
                let simulation = Simulation(script: Script(seed: UInt64(seed)))
                simulation.run(.safety)
                return simulation.trace.hash
            }
        }
        #expect(Set(hashes).count == 50)
    }

    @Test(arguments: [3, 20_076])
    func `a replay in another process is the same byte for byte`(seed: Int) async throws {
        let (first, second, here) = try await onItsOwnThread {
            let first = Result { try simulate("--seed", "\(seed)", "--trace") }
            let second = Result { try simulate("--seed", "\(seed)", "--trace") }
            let here = Simulation(script: Script(seed: UInt64(seed)), keepsTrace: true)
            here.run(.both)
            return Result { (try first.get(), try second.get(), here.trace.lines.joined(separator: "\n")) }
        }.get()
        #expect(first.count > 1000)
        #expect(first == second)
        #expect(String(decoding: first, as: UTF8.self).hasPrefix(here))
    }
}
