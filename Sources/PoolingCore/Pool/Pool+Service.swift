public import ServiceLifecycle

extension Pool: Service {
    /// For swift-service-lifecycle: warms the pool up, waits for graceful shutdown (or cancellation), then shuts it
    /// down. The pool needs no `run()` to work.
    public func run() async throws {
        do {
            try await warmUp()
            try await gracefulShutdown()
        } catch {
            _ = await shutdown()
            if !(error is CancellationError) { throw error }
            return
        }
        _ = await shutdown()
    }
}
