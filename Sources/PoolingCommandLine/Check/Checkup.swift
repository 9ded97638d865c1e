internal import PoolingCore

/// What was measured of one backend.
@usableFromInline struct Checkup: Sendable {
    var version = ""
    var facts = BackendFacts()
    /// Medians, nanoseconds.
    var connect: Int64 = 0
    var validate: Int64 = 0
    var acquire: Int64 = 0

    static let connects = 5
    static let validations = 20
    static let acquires = 1000
}

extension PluginTarget {
    @usableFromInline func checkUp() async throws -> Checkup {
        var checkup = Checkup()
        var times: [Int64] = []
        for _ in 0..<Checkup.connects {
            let began = RunClock.now()
            let connection = try await connect()
            times.append(RunClock.now() - began)
            await close(connection)
        }
        checkup.connect = Self.median(times)
        let pool = try Pool(driver, name: "check", configuration: PoolConfiguration(max: 1))
        do {
            let plugin = plugin
            (checkup.version, checkup.facts) = try await Self.answered {
                try await pool.withConnection { handle in
                    (try await plugin.serverVersion(handle), try await plugin.facts(handle))
                }
            }
            times = []
            for _ in 0..<Checkup.acquires {
                let began = RunClock.now()
                let acquired = try await pool.withConnection { _ in RunClock.now() }
                times.append(acquired - began)
            }
            checkup.acquire = Self.median(times)
        } catch {
            await pool.shutdown()
            throw error
        }
        await pool.shutdown()
        let connection = try await connect()
        times = []
        do {
            for _ in 0..<Checkup.validations {
                let began = RunClock.now()
                let driver = driver
                try await Self.answered { try await driver.validate(connection) }
                times.append(RunClock.now() - began)
            }
        } catch {
            await close(connection)
            throw error
        }
        checkup.validate = Self.median(times)
        await close(connection)
        return checkup
    }

    /// A server that has stopped says nothing.
    private static func answered<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        do { return try await withDeadline(patience, body) } catch let late as DeadlinePassed {
            throw Unreachable(cause: late)
        }
    }

    private static func median(_ times: [Int64]) -> Int64 { times.isEmpty ? 0 : times.sorted()[times.count / 2] }
}
