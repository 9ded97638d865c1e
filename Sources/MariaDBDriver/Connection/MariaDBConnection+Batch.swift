internal import PoolingCore
internal import PoolingSQL

extension MariaDBConnection {
    /// Runs all statements as one transaction, one after the other: the library can't send ahead.
    nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult] {
        try await admit()
        if queries.isEmpty { return [] }
        let depth = try await beginTransaction(.readWrite)
        do {
            var results: [SQLResult] = []
            results.reserveCapacity(queries.count)
            for (position, query) in queries.enumerated() {
                do { results.append(try await perform(query)) } catch var error as SQLError {
                    error.message = "statement \(position + 1) of \(queries.count): \(error.message)"
                    throw error
                }
            }
            try await commitTransaction(depth)
            return results
        } catch {
            await rollBackTransaction(depth)
            throw error
        }
    }
}
