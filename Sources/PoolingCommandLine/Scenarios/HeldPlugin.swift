internal import PoolingCore

/// A plugin whose operations keep their connections for a drawn time longer, as a program does that computes or asks
/// somebody else before it is done.
struct HeldPlugin<Base: BenchmarkDriver>: BenchmarkDriver {
    let base: Base
    let serviceTime: ServiceTime

    var name: String { base.name }
    var schemes: [String] { base.schemes }
    var workloads: [Workload] { base.workloads }

    func makeDriver(url: String) throws -> Base.Driver { try base.makeDriver(url: url) }

    func clientExecutor(for driver: Base.Driver) -> (any TaskExecutor)? { base.clientExecutor(for: driver) }

    nonisolated(nonsending) func perform(
        _ workload: Workload, choice: UInt64, on handle: Base.Driver.Handle
    ) async throws {
        try await base.perform(workload, choice: choice, on: handle)
        try await Task.sleep(for: serviceTime.drawn(by: choice))
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
