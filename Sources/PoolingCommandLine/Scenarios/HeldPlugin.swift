internal import PoolingCore
internal import Synchronization

/// A plugin whose operations keep their connections for a drawn time longer, as a program does that computes or asks
/// somebody else before it is done.
struct HeldPlugin<Base: BenchmarkDriver>: BenchmarkDriver {
    let base: Base
    let serviceTime: ServiceTime
    let tally: ServiceTally

    var name: String { base.name }
    var schemes: [String] { base.schemes }
    var workloads: [Workload] { base.workloads }

    func makeDriver(url: String) throws -> Base.Driver { try base.makeDriver(url: url) }

    func clientExecutor(for driver: Base.Driver) -> (any TaskExecutor)? { base.clientExecutor(for: driver) }

    nonisolated(nonsending) func perform(
        _ workload: Workload, choice: UInt64, on handle: Base.Driver.Handle
    ) async throws {
        try await base.perform(workload, choice: choice, on: handle)
        let time = serviceTime.drawn(by: choice)
        tally.add(time)
        try await Task.sleep(for: time)
    }

    nonisolated(nonsending) func serverVersion(_ handle: Base.Driver.Handle) async throws -> String {
        try await base.serverVersion(handle)
    }

    nonisolated(nonsending) func prepare(_ workloads: Set<Workload>, on handle: Base.Driver.Handle) async throws {
        try await base.prepare(workloads, on: handle)
    }

    nonisolated(nonsending) func cleanUp(_ handle: Base.Driver.Handle) async throws {
        try await base.cleanUp(handle)
    }
}

/// The times that were drawn.
@usableFromInline final class ServiceTally: Sendable {
    private let count = Atomic<Int>(0)
    private let sum = Atomic<Int64>(0)

    func add(_ time: Duration) {
        count.wrappingAdd(1, ordering: .relaxed)
        sum.wrappingAdd(time.nanoseconds, ordering: .relaxed)
    }

    /// Their mean since this was called last, nanoseconds; nil if there were none.
    func take() -> Double? {
        let count = count.exchange(0, ordering: .relaxed)
        let sum = sum.exchange(0, ordering: .relaxed)
        return count > 0 ? Double(sum) / Double(count) : nil
    }
}
