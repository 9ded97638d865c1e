internal import CEngineProbe
internal import Foundation
internal import PoolingCore

/// What many pools in one process cost: memory, and processor time while nobody uses them.
struct Footprint {
    static let pools = 10_000
    /// Few enough for the first chunk of slots.
    static let connections = 2

    /// Heap bytes of a pool that has no connection yet.
    var bytesPerEmptyPool: Int64
    /// Heap bytes that a pool has more with `connections` open, idle ones, for each of them.
    var bytesPerIdleConnection: Int64
    var residentBytes: Int64
    var threads: Int
    /// The same stretch of time before the first pool: the runtime's own threads wake now and then.
    var idleBefore: Idleness
    var idleAfter: Idleness

    static func measure(idleFor seconds: Int) async throws -> Footprint {
        let idleBefore = try await Idleness.measure(seconds)
        // What the first pool of a process makes for all of them does not count, nor does the array.
        var pools: [Pool<DummyDriver>] = []
        pools.reserveCapacity(2 * Self.pools + 1)
        pools.append(try await open(connections))

        let empty = probe_heap_bytes()
        for _ in 0..<Self.pools { pools.append(try Pool(DummyDriver(), configuration: .init())) }
        let full = probe_heap_bytes()
        for _ in 0..<Self.pools { pools.append(try await open(connections)) }
        let open = probe_heap_bytes()
        let perEmpty = (full - empty) / Int64(Self.pools)
        let perOpen = (open - full) / Int64(Self.pools)

        // What was begun may end.
        try await Task.sleep(for: .seconds(1))
        let footprint = Footprint(
            bytesPerEmptyPool: perEmpty, bytesPerIdleConnection: (perOpen - perEmpty) / Int64(connections),
            residentBytes: Int64(status("VmRSS:") ?? 0) * 1024, threads: threads(),
            idleBefore: idleBefore, idleAfter: try await Idleness.measure(seconds))
        for pool in pools { await pool.shutdown() }
        return footprint
    }

    private static func open(_ connections: Int) async throws -> Pool<DummyDriver> {
        let pool = try Pool(DummyDriver(), configuration: .init(min: connections, max: connections))
        try await pool.warmUp()
        return pool
    }

    static func threads() -> Int { status("Threads:") ?? 0 }

    /// A number from /proc/self/status; nil where there is none.
    private static func status(_ key: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }
}

/// What the process did while nobody asked anything of it.
struct Idleness {
    var seconds: Int
    var processorTime: Duration
    /// How often any of its threads woke up.
    var wakeUps: Int64

    static func measure(_ seconds: Int) async throws -> Idleness {
        let (time, sleeps) = (probe_processor_time(), probe_sleeps())
        try await Task.sleep(for: .seconds(seconds))
        return Idleness(
            seconds: seconds, processorTime: .nanoseconds(probe_processor_time() - time),
            wakeUps: probe_sleeps() - sleeps)
    }
}
