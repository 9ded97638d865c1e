public import ServiceLifecycle

extension SQLiteDatabase: Service {
    /// For swift-service-lifecycle: warms up, waits for graceful shutdown (or cancellation), then shuts down. The database
    /// needs no `run()` to work.
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
