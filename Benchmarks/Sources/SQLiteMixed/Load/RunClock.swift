internal import Foundation

/// When a run counts, in nanoseconds of the monotonic clock.
struct RunClock: Sendable {
    let begin: Int64
    let end: Int64

    /// Starts now; in seconds.
    init(warmup: Double, duration: Double) {
        begin = Self.now() + Int64(warmup * 1e9)
        end = begin + Int64(duration * 1e9)
    }

    static func now() -> Int64 { read(CLOCK_MONOTONIC) }

    /// The processors' time that this process has had.
    static func processorTime() -> Int64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
