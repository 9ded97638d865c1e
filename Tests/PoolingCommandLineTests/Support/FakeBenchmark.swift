import PoolingCommandLine
import PoolingCore

/// The least that a plugin has to be: a driver that knows no SQL.
struct FakeBenchmark: BenchmarkDriver {
    var name = "fake"
    var schemes: [String] { [name] }
    var workloads: [Workload] = [.acquire, .connect]
    var loneUserIsPassword = false

    func makeDriver(url: String) throws -> FakeDriver { FakeDriver(refuses: url.contains("refuse")) }
    func embeddedURL(inFolder folder: String) -> String? { "fake:\(folder)" }
    func perform(_ workload: Workload, choice: UInt64, on handle: FakeDriver.Connection) async throws {}
}

struct FakeDriver: PoolDriver {
    struct Connection: Sendable {}
    struct Refused: Error, CustomStringConvertible {
        var description: String { "refused with password hush" }
    }

    var refuses: Bool

    func connect() async throws -> Connection {
        if refuses { throw Refused() }
        return Connection()
    }
    func validate(_ connection: Connection) async throws {}
    func close(_ connection: Connection, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
}
