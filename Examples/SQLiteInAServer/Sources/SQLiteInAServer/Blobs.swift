import PoolingSQL
import SQLiteDriver

enum Blobs {
    static func run(on database: SQLiteDatabase) async throws {
        let size = 1 << 20
        var rest = size
        let row = try await database.write { connection in
            let result = try await connection.execute("INSERT INTO files (body) VALUES (zeroblob(\(size)))")
            let row = result.lastInsertID ?? 0
            _ = try await connection.withBlob(in: "files", column: "body", row: row, access: .readWrite) { blob in
                try await blob.writeChunks {
                    let chunk = [UInt8](repeating: 7, count: min(rest, 65_536))
                    rest -= chunk.count
                    return chunk.isEmpty ? nil : chunk
                }
            }
            return row
        }

        let sum = try await database.readers.withConnection { connection in
            try await connection.withBlob(in: "files", column: "body", row: row) { blob in
                var sum = 0
                try await blob.forEachChunk(of: 65_536) { chunk in
                    for byte in chunk { sum += Int(byte) }
                }
                return sum
            }
        }
        try expect(sum == 7 * size, "1 MiB was written and read in pieces of 64 KiB")
    }
}
