import PGDriver
import PoolingCore
import PoolingSQL
import Synchronization

enum Copying {
    struct Reading: Sendable {
        var sensor: String
        var value: Double?
    }

    /// A file in memory.
    final class File: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func write(_ chunk: [UInt8]) async throws { bytes.withLock { $0 += chunk } }
        func chunks() -> AsyncStream<ArraySlice<UInt8>> {
            let bytes = bytes.withLock { $0 }
            return AsyncStream { continuation in
                for start in stride(from: 0, to: bytes.count, by: 4096) {
                    continuation.yield(bytes[start...].prefix(4096))
                }
                continuation.finish()
            }
        }
    }

    static func run(on pool: Pool<Postgres>) async throws {
        let readings = (0..<10_000).map {
            Reading(sensor: "sensor \($0 % 10)", value: $0 % 3 == 0 ? nil : Double($0) / 4)
        }
        try await pool.copyIn(
            to: "readings", columns: ["sensor", "value"], rows: readings.lazy.map { [$0.sensor, $0.value] })
        try await throughAFile(on: pool)
    }

    static func throughAFile(on pool: Pool<Postgres>) async throws {
        let file = File()
        try await pool.copyOut("COPY readings TO STDOUT (FORMAT csv)") { chunks in
            for try await chunk in chunks { try await file.write(chunk) }
        }
        let count = try await pool.copyIn("COPY readings FROM STDIN (FORMAT csv)", from: file.chunks())
        let (rows, nulls) = try await pool.query("SELECT count(*), count(*) - count(value) FROM readings")[0]
            .decode((Int, Int).self)
        try expect(count == 10_000 && rows == 20_000 && nulls == 6668, "what was copied out was copied in again")
    }
}
