package import PoolingCore
package import PoolingSQL

extension LoanID {
    package static let first = LoanID(slot: 1, sequence: 1)
    package static let second = LoanID(slot: 1, sequence: 2)
}

extension SQLConnection {
    /// The first cell; -1 if there is none.
    package func int(_ query: SQLQuery) async throws -> Int {
        try await self.query(query).first.map { try $0.decode(0, as: Int.self) } ?? -1
    }

    /// The first cell; empty if there is none.
    package func text(_ query: SQLQuery) async throws -> String {
        try await self.query(query).first.map { try $0.decode(0, as: String.self) } ?? ""
    }
}

/// The `SQLError` that `body` throws; nil if it throws none.
package func sqlError<R>(_ body: () async throws -> R) async throws -> SQLError? {
    do {
        _ = try await body()
        return nil
    } catch let error as SQLError {
        return error
    }
}

/// The code of the `PoolError` that `body` throws; nil if it throws none.
package func code<R>(of body: () async throws -> R) async throws -> PoolError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as PoolError {
        return error.code
    }
}
