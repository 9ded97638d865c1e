public import ServiceLifecycle

extension PoolRegistry: Service {
    /// For swift-service-lifecycle: makes and warms up what is defined, waits for graceful shutdown (or cancellation), then
    /// shuts all pools down. The registry needs no `run()` to work.
    /// - Throws: what keeps a pool from warming up.
    public func run() async throws {
        do {
            try await warmUp()
            try await gracefulShutdown()
        } catch {
            await shutdown()
            if !(error is CancellationError) { throw error }
            return
        }
        await shutdown()
    }
}
