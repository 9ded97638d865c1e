internal import PoolingCore

/// Looks at a pool every few milliseconds: the most it saw, and what each part of the run looked like.
struct PoolSampler: Sendable {
    let statistics: @Sendable () -> PoolStatistics
    let clock: RunClock

    /// What the looks at one part of the run add up to. There may be none where the machine had other things to do.
    struct Part: Sendable {
        var looks = 0
        var open = 0
        var leased = 0
        var waiting = 0
    }

    struct Samples: Sendable {
        var peakConnections = 0
        var peakWaiting = 0
        var parts = [Part](repeating: Part(), count: RunClock.parts)

        mutating func add(_ statistics: PoolStatistics) {
            peakConnections = max(peakConnections, statistics.total)
            peakWaiting = max(peakWaiting, statistics.waiting)
        }

        mutating func add(_ statistics: PoolStatistics, at moment: Int64, of clock: RunClock) {
            add(statistics)
            guard moment >= clock.begin, moment < clock.end else { return }
            let part = clock.part(at: moment)
            parts[part].looks += 1
            parts[part].open += statistics.total
            parts[part].leased += statistics.leased
            parts[part].waiting += statistics.waiting
        }
    }

    /// Samples while `body` runs, and once after it.
    func during<R: Sendable>(_ body: () async throws -> R) async throws -> (R, Samples) {
        let sampling = Task {
            var samples = Samples()
            while !Task.isCancelled {
                samples.add(statistics(), at: RunClock.now(), of: clock)
                try? await Task.sleep(for: .milliseconds(3))
            }
            return samples
        }
        let result: R
        do { result = try await body() } catch {
            sampling.cancel()
            throw error
        }
        sampling.cancel()
        var samples = await sampling.value
        samples.add(statistics())
        return (result, samples)
    }
}
