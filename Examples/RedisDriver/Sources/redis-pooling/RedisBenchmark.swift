import PoolingCommandLine
import PoolingCore
import RedisDriver

struct RedisBenchmark: BenchmarkDriver {
    let name = "redis"
    let schemes = ["redis", "redis+unix"]
    let workloads: [Workload] = [.pointSelect, .insert, .acquire, .connect]
    let defaultPort: Int? = 6379

    /// In `redis://word@host` it is one in the wrong place, which other tools take.
    let loneUserIsPassword = true

    func makeDriver(url: String) throws -> Redis { try Redis(url: url) }

    /// A loop for each client: it waits for the server there, and no thread is crossed.
    func clientExecutor(for driver: Redis) -> (any TaskExecutor)? { EventLoopExecutor.next() }

    func serverVersion(_ handle: RedisHandle) async throws -> String { try handle.serverVersion() }

    func perform(_ workload: Workload, choice: UInt64, on handle: RedisHandle) async throws {
        let number = 1 + choice % UInt64(Self.keys)
        switch workload {
        case .pointSelect:
            if try await handle.get("pooling_bench:\(number)") == nil { throw MissingKey(number: number) }
        case .insert: try await handle.set("pooling_bench_log:\(number)", "inserted")
        default: break
        }
    }

    func prepare(_ workloads: Set<Workload>, on handle: RedisHandle) async throws {
        guard workloads.contains(.pointSelect) else { return }
        try await inBatches(handle) { numbers in
            RedisCommand(["MSET"] + numbers.flatMap { ["pooling_bench:\($0)", "value number \($0)"] })
        }
    }

    func cleanUp(_ handle: RedisHandle) async throws {
        for name in ["pooling_bench", "pooling_bench_log"] {
            try await inBatches(handle) { numbers in RedisCommand(["UNLINK"] + numbers.map { "\(name):\($0)" }) }
        }
    }

    private static var keys: Int { 100_000 }

    private func inBatches(_ handle: RedisHandle, _ command: (Range<Int>) -> RedisCommand) async throws {
        for first in stride(from: 1, through: Self.keys, by: 500) {
            try await handle.send(command(first..<first + 500))
        }
    }
}

/// A key of the data set is not there: somebody else uses this database.
struct MissingKey: Error, CustomStringConvertible {
    var number: UInt64
    var description: String { "the key pooling_bench:\(number) is missing" }
}
