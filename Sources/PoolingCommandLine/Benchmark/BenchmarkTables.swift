internal import PoolingSQL

/// The data set of the SQL workloads: 100 000 rows to read, a table to add to.
struct BenchmarkTables<Connection: SQLConnection> {
    let connection: Connection

    private var rows: Int { 100_000 }
    private var rowsPerStatement: Int { 500 }

    func prepare(_ workloads: Set<Workload>) async throws {
        if workloads.contains(.insert) {
            try await connection.execute(
                "CREATE TABLE IF NOT EXISTS pooling_bench_log (row_id INTEGER NOT NULL, name VARCHAR(64) NOT NULL)")
            try await connection.execute("DELETE FROM pooling_bench_log")
        }
        guard !workloads.isDisjoint(with: [.pointSelect, .readWrite]) else { return }
        try await connection.execute(
            """
            CREATE TABLE IF NOT EXISTS pooling_bench
            (id INTEGER NOT NULL PRIMARY KEY, hits INTEGER NOT NULL, name VARCHAR(64) NOT NULL)
            """)
        if try await count() == rows { return }
        try await connection.transaction { connection in
            try await connection.execute("DELETE FROM pooling_bench")
            for first in stride(from: 1, through: rows, by: rowsPerStatement) {
                let values = (first..<first + rowsPerStatement).map { "(\($0),0,'row number \($0)')" }
                try await connection.execute(
                    SQLQuery(
                        unsafe: "INSERT INTO pooling_bench (id, hits, name) VALUES \(values.joined(separator: ","))"))
            }
        }
    }

    func drop() async throws {
        try await connection.execute("DROP TABLE IF EXISTS pooling_bench_log")
        try await connection.execute("DROP TABLE IF EXISTS pooling_bench")
    }

    private func count() async throws -> Int {
        guard let row = try await connection.query("SELECT COUNT(*) FROM pooling_bench").first else { return 0 }
        return try row.decode(Int.self)
    }
}
