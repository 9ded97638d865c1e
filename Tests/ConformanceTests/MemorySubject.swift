import PoolingCore
import PoolingTestKit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The backend in memory, as a driver's author would tell the kit of it.
struct MemorySubject: ConformanceSubject {
    let backend = Backend()
    var wrong: Wrong?

    func makeDriver() -> MemoryDriver { MemoryDriver(backend: backend, wrong: wrong) }
    func use(_ handle: MemoryDriver.Handle) async throws { try await handle.ping() }

    var longCall: ConformanceCall<MemoryDriver>? { { try await $0.wait(.seconds(60)) } }
    var litter: ConformanceCall<MemoryDriver>? { { try await $0.litter() } }
    var inspection: ConformanceCall<MemoryDriver>? {
        { handle in
            if try await handle.isLittered() { throw MemoryDriver.Failure(description: "litter") }
        }
    }
    var executioner: ConformanceExecutioner<MemoryDriver>? {
        { handle in { handle.connection.backend.end(handle.connection.session) } }
    }
    var sessions: (@Sendable () async throws -> Int)? { { [backend] in backend.count } }
    var refused: (@Sendable () async throws -> MemoryDriver)? {
        { [self] in MemoryDriver(backend: backend, wrong: wrong, place: .refuses) }
    }
    var unanswered: (@Sendable () async throws -> MemoryDriver)? {
        { [self] in MemoryDriver(backend: backend, wrong: wrong, place: .silent) }
    }
    var secrets: [String] { ["hush"] }
    /// A driver that is right answers in microseconds, and one that is wrong is waited for.
    var patience: Duration { wrong == nil ? .seconds(20) : .seconds(2) }
}

enum Sleep {
    /// Blocks long enough that all turns together take longer than the kit's patience, on 2 cores and on 16.
    static func blockForItsTurns() {
        block(.milliseconds(min(1200, 150 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    /// Holds the thread, as nobody should.
    static func block(_ span: Duration) {
        usleep(UInt32(span.components.seconds * 1_000_000 + span.components.attoseconds / 1_000_000_000_000))
    }
}
