extension MonotonicInstant {
    /// The same moment on the engine's clock, which may have another origin. What has passed is now.
    package init(_ instant: ContinuousClock.Instant) {
        self = .now + max(ContinuousClock.now.duration(to: instant).inNanoseconds, 0)
    }
}
