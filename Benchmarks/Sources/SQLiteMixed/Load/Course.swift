/// One run: the load, and the file that it is put on.
struct Course: Sendable {
    var path: String
    var readers: Int
    var writers: Int
    /// Seconds.
    var warmup: Double
    var duration: Double
    var settings: ConnectionSettings

    /// Runs the clients and closes the contestant, whatever comes of it.
    func measure(
        close: () async throws -> Void, _ run: ([ClientRecord]) async -> [ClientRecord]
    ) async throws -> Measurement {
        let sampler = LogSampler(database: path)
        let clock = RunClock(warmup: warmup, duration: duration)
        let clients =
            (0..<readers).map { ClientRecord(role: .reader, number: $0, clock: clock) }
            + (0..<writers).map { ClientRecord(role: .writer, number: $0, clock: clock) }
        let (began, spent) = (RunClock.now(), RunClock.processorTime())
        let records = await run(clients)
        let processors = Double(RunClock.processorTime() - spent) / Double(max(RunClock.now() - began, 1))
        // Before anything is closed: whoever closes last removes the log.
        let log = await sampler.finish()
        try await close()
        return Measurement(clients: records, log: log, processors: processors)
    }
}

/// What came of a run.
struct Measurement: Sendable {
    var clients: [ClientRecord]
    var log: LogSampler.Sizes
    /// How many of them the process had, on average.
    var processors: Double

    func clients(_ role: ClientRecord.Role) -> [ClientRecord] {
        clients.filter { $0.role == role }.sorted { $0.number < $1.number }
    }
}
