internal import PoolingCore
internal import PoolingSQL
internal import Testing

/// A loan that takes longer than the idle time and the lifetime of its pool's connections (F19).
package enum LongLoans<Driver: TestedDriver> {
    package static func outlive() async throws {
        let pool = try Pool(
            Driver.observing,
            configuration: PoolConfiguration(
                max: 2, idleTimeout: .milliseconds(100), maxLifetime: .milliseconds(200), lifetimeJitter: 0,
                keepAliveInterval: nil))
        try await pool.withConnection { handle in
            let session = try await handle.int(Driver.ownSession)
            try await handle.transaction { handle in
                // Three times over another one is closed for having been idle for as long.
                for round in 1...3 {
                    _ = try await pool.query("SELECT 1")
                    #expect(
                        try await eventually {
                            let now = pool.statistics
                            return now.closed(.idle) + now.closed(.lifetime) >= UInt64(round) && now.total == 1
                        })
                }
                #expect(try await handle.int(Driver.ownSession) == session)
            }
        }
        #expect(try await eventually { pool.statistics.total == 0 })
        #expect(pool.statistics.closed(.lifetime) >= 1)
        await pool.shutdown()
    }
}
