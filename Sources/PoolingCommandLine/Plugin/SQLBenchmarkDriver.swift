public import PoolingCore
public import PoolingSQL

/// A driver that speaks SQL: all workloads come with it, in SQL that every database understands.
public protocol SQLBenchmarkDriver: BenchmarkDriver where Driver: SQLDriver {}

extension SQLBenchmarkDriver {
    public var schemes: [String] { Driver.schemes }
    public var workloads: [Workload] { Workload.allCases }

    public nonisolated(nonsending) func serverVersion(_ handle: Driver.Handle) async throws -> String {
        try await handle.serverVersion()
    }

    public nonisolated(nonsending) func prepare(_ workloads: Set<Workload>, on handle: Driver.Handle) async throws {
        try await BenchmarkTables(connection: handle).prepare(workloads)
    }

    public nonisolated(nonsending) func cleanUp(_ handle: Driver.Handle) async throws {
        try await BenchmarkTables(connection: handle).drop()
    }

    // Inlinable, so that a client's loop is compiled for the driver at hand: unspecialised, it costs as much as a
    // cached statement.
    @inlinable public nonisolated(nonsending) func perform(
        _ workload: Workload, choice: UInt64, on handle: Driver.Handle
    ) async throws {
        // The upper half picks the row, the lower what to do.
        let id = Int(truncatingIfNeeded: 1 + ((choice >> 32) &* 100_000) >> 32)
        switch workload {
        case .pointSelect:
            let rows = try await handle.query("SELECT name FROM pooling_bench WHERE id = \(id)")
            if rows.isEmpty { throw MissingRow(id: id) }
        case .insert:
            try await handle.execute("INSERT INTO pooling_bench_log (row_id, name) VALUES (\(id), 'inserted')")
        case .readWrite:
            if choice & 0xFFFF_FFFF < 0x1999_9999 {
                try await handle.transaction(.readWrite) { connection in
                    _ = try await connection.execute("UPDATE pooling_bench SET hits = hits + 1 WHERE id = \(id)")
                }
            } else {
                try await handle.transaction(.readOnly) { connection in
                    let rows = try await connection.query("SELECT name FROM pooling_bench WHERE id = \(id)")
                    if rows.isEmpty { throw MissingRow(id: id) }
                }
            }
        case .acquire, .connect:
            break
        }
    }
}

/// A row of the data set is not there: somebody else uses the tables.
@usableFromInline struct MissingRow: Error, CustomStringConvertible {
    let id: Int
    @usableFromInline init(id: Int) { self.id = id }
    @usableFromInline var description: String { "row \(id) of table pooling_bench is missing" }
}
