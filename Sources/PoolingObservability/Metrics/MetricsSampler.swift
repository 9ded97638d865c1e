public import ServiceLifecycle

/// Refreshes a ``MetricsObserver`` every few seconds, for backends that are not scraped: they send what they have.
///
///     let group = ServiceGroup(services: [registry, MetricsSampler(metrics)], …)
public struct MetricsSampler: Service {
    private let metrics: MetricsObserver
    private let interval: Duration

    /// - Parameter interval: from one refresh to the next. At least a millisecond.
    public init(_ metrics: MetricsObserver, every interval: Duration = .seconds(10)) {
        self.metrics = metrics
        self.interval = max(interval, .milliseconds(1))
    }

    /// Until graceful shutdown or cancellation; once more at the end, so that nothing is left out.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                metrics.refresh()
                try? await Task.sleep(for: interval)
            }
        }
        metrics.refresh()
    }
}
