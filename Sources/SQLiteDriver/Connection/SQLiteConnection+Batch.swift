internal import CSQLite
internal import PoolingSQL

extension SQLiteConnection {
    /// Runs all statements in one transaction, and in one turn on the executor.
    func batch(_ queries: [SQLQuery]) throws(SQLiteFailure) -> [SQLResult] {
        if queries.isEmpty { return [] }
        let depth = try beginTransaction(.readWrite)
        do throws(SQLiteFailure) {
            var results: [SQLResult] = []
            results.reserveCapacity(queries.count)
            for (position, query) in queries.enumerated() {
                // Statements that are over within the interval of ``Interruption`` never ask.
                try interruption.check()
                do throws(SQLiteFailure) {
                    results.append(try perform(query))
                } catch {
                    throw error.at(position, of: queries.count)
                }
            }
            try commitTransaction(depth)
            return results
        } catch {
            rollBackTransaction(depth)
            throw error
        }
    }
}

extension SQLiteFailure {
    fileprivate func at(_ position: Int, of count: Int) -> SQLiteFailure {
        switch self {
        case .refused(var error):
            error.message = "statement \(position + 1) of \(count): \(error.message)"
            return .refused(error)
        case .locked, .cancelled: return self
        }
    }
}
