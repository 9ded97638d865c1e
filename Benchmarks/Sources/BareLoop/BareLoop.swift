internal import ArgumentParser
internal import Foundation
internal import Histogram

/// What a machine can do without any of this project: the point-select workload of `pooling bench` as a loop over one
/// prepared statement of the C API, on as many threads as asked for, with the same clock reads and histograms as a
/// client of the benchmark. Prints one line of JSON.
@main struct BareLoop: ParsableCommand {
    @Option(help: "Threads, each with a connection and a statement of its own.") var threads = 2
    @Option(help: "Seconds that are measured.") var duration = 5.0
    @Option(help: "Seconds before that.") var warmup = 1.0

    func validate() throws {
        guard threads > 0, duration > 0, warmup >= 0 else {
            throw ValidationError("--threads and --duration must be more than 0, --warmup at least 0")
        }
    }

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("bench.db").path
        try BareDatabase(path: file).makeRows()

        let begin = BareClient.now() + Int64(warmup * 1e9)
        let end = begin + Int64(duration * 1e9)
        let clients = try (0..<threads).map { try BareClient(number: $0, path: file, begin: begin, end: end) }
        for client in clients { client.start() }
        for client in clients { client.finished.wait() }

        var latency = clients[0].latency
        for client in clients.dropFirst() { latency.add(client.latency) }
        let operations = clients.reduce(0) { $0 + $1.operations }
        let throughput = (Double(operations) / duration).rounded()
        let (p50, p99) = (latency.valueAtPercentile(50), latency.valueAtPercentile(99))
        print(
            """
            {"threads": \(threads), "operations": \(operations), "throughput_per_s": \(throughput), \
            "p50_us": \(Double(p50) / 1e3), "p99_us": \(Double(p99) / 1e3)}
            """)
    }
}
