internal import PoolingCore

/// Looks at a pool every few milliseconds and remembers the most it saw.
struct PeakSampler: Sendable {
    let statistics: @Sendable () -> PoolStatistics

    struct Peaks: Sendable {
        var connections = 0
        var waiting = 0

        mutating func add(_ statistics: PoolStatistics) {
            connections = max(connections, statistics.total)
            waiting = max(waiting, statistics.waiting)
        }
    }

    /// Samples while `body` runs, and once after it.
    func during<R: Sendable>(_ body: () async throws -> R) async throws -> (R, Peaks) {
        let sampling = Task {
            var peaks = Peaks()
            while !Task.isCancelled {
                peaks.add(statistics())
                try? await Task.sleep(for: .milliseconds(3))
            }
            return peaks
        }
        let result: R
        do { result = try await body() } catch {
            sampling.cancel()
            throw error
        }
        sampling.cancel()
        var peaks = await sampling.value
        peaks.add(statistics())
        return (result, peaks)
    }
}
