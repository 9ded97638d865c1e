internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit
internal import Testing

/// A server that can't be reached (F15, F16, F24).
package enum UnreachableServers<Driver: TestedDriver> {
    /// An acquire, and a statement if there is a connection to lend.
    /// - Parameter freezing: freezes the session, or its server, and thaws it in the end.
    package static func acquire(
        _ trouble: NetworkTrouble, _ start: PoolStart, of line: ProxiedServer<Driver>,
        freezing: (_ session: Int, _ isFrozen: Bool) async throws -> Void
    ) async throws {
        var driver = line.driver
        driver.connectTimeLimit = .seconds(60)
        driver.cancelTimeout = .milliseconds(200)
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(max: 1, connectTimeout: .seconds(60), validationTimeout: .seconds(60)))
        var lease: SharedLease<Driver>?
        var session = 0
        if start != .empty {
            lease = try await pool.lease().shared()
            session = try await lease?.connection.int(Driver.ownSession) ?? 0
            if start == .idle { lease?.release() }
        }
        switch trouble {
        case .down: line.proxy.stop()
        case .deaf: line.proxy.change { $0.isDeaf = true }
        case .blackhole: line.proxy.change { $0.isBlackhole = true }
        case .silentLogin: line.proxy.change { $0.toClient.isHeld = true }
        case .frozen: try await freezing(session, true)
        }
        let began = ContinuousClock.now
        let error = await #expect(throws: (any Error).self) {
            try await pool.withConnection(timeout: .milliseconds(300)) { handle in
                // Where there is a connection that was in use just now, the statement finds out.
                try await handle.until(.now + .milliseconds(300)).query(Driver.sleep(60))
            }
        }
        let took = began.duration(to: .now)
        // 300 ms each, and 200 ms for the request to stop, on a machine that is busy. Nothing else here ends within 60 s.
        #expect(took < .seconds(10), "\(took)")
        let code = (error as? PoolError)?.code
        let kind = (error as? SQLError)?.kind
        #expect(
            code == .acquireTimedOut || code == .connectFailed || kind == .mayHaveExecuted || kind == .connectionLost
                || kind == .interrupted, "\(error as Any)")
        if trouble == .frozen { try await freezing(session, false) }
        lease?.release()
        line.proxy.stop()
        await pool.shutdown(within: .seconds(1))
    }

    /// A path that is lost and comes back, twice.
    package static func healed() async throws {
        let line = try await Driver.proxied("healed")
        var driver = line.driver
        driver.connectTimeLimit = .milliseconds(500)
        driver.cancelTimeout = .milliseconds(200)
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(
                max: 3, acquireTimeout: .milliseconds(500), validationTimeout: .milliseconds(200), validation: .always,
                backoff: Backoff(initial: .milliseconds(50), cap: .milliseconds(500))))
        let lease = try await pool.lease().shared()
        _ = try await pool.query("SELECT 1")
        for _ in 0..<2 {
            line.proxy.change { $0.isBlackhole = true }
            let hung = try await sqlError {
                try await lease.connection.until(.now + .milliseconds(100)).query("SELECT 1")
            }
            // It is known after the first round that it is of no use.
            #expect(hung?.kind == .mayHaveExecuted || hung?.kind == .connectionLost, "\(hung as Any)")
            for _ in 0..<4 { #expect((try? await pool.query("SELECT 1")) == nil) }
            line.proxy.change { $0.isBlackhole = false }
            let healed = ContinuousClock.now
            while (try? await pool.query("SELECT 1")) == nil, healed.duration(to: .now) < .seconds(30) {}
            // A back-off of half a second, a connect that hangs for another half, and a second; four more for a busy
            // machine. TCP itself would take longer with each second that the path was gone.
            let took = healed.duration(to: .now)
            #expect(took < .seconds(6), "\(took)")
        }
        lease.release()
        await pool.shutdown()
        line.proxy.stop()
    }
}

/// Why a server can't be reached.
package enum NetworkTrouble: String, CaseIterable, Sendable {
    case down, deaf, blackhole, silentLogin, frozen
}

/// What a pool of one connection has when the trouble begins: nothing, an idle connection or one on loan.
package enum PoolStart: String, CaseIterable, Sendable { case empty, idle, full }
