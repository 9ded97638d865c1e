package import PoolingCore
internal import PoolingSQL
internal import Synchronization
internal import Testing

/// Whether a server is there: even seasons are those in which it is.
package final class Weather: Sendable {
    private let state = Mutex(0)
    package init() {}
    package var season: Int { state.withLock { $0 } }
    package func change() { state.withLock { $0 += 1 } }
}

/// What somebody has met who asks again and again, while the server is there and while it is not (F25).
package struct Borrower: Sendable {
    package var answers = 0
    /// Errors of a statement, by outage.
    package var lost: [Int: Int] = [:]
    /// Their SQLSTATEs.
    package var reasons: Set<String> = []
    /// Errors of an acquire.
    package var refused = 0

    /// Asks until its task is cancelled, and records an issue for whatever must not happen.
    package static func run<Driver: TestedDriver>(_ name: Int, _ pool: Pool<Driver>, _ weather: Weather) async -> Self {
        var borrower = Borrower()
        while !Task.isCancelled {
            let (season, nonce) = (weather.season, name << 24 + borrower.answers)
            do {
                let answer = try await pool.query("SELECT CAST(\(nonce) AS INTEGER)").first?.decode(0, as: Int.self)
                #expect(answer == nonce)
                borrower.answers += 1
            } catch is CancellationError {
            } catch {
                if season.isMultiple(of: 2), weather.season == season { Issue.record("while it was there: \(error)") }
                if let error = error as? SQLError {
                    #expect(error.kind == .mayHaveExecuted || error.kind == .connectionLost, "\(error)")
                    borrower.lost[season / 2, default: 0] += 1
                    borrower.reasons.insert(error.sqlState ?? "none")
                } else {
                    borrower.refused += 1
                    // Who is refused at once asks again at once.
                    try? await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        return borrower
    }
}
