internal import PoolingCore
package import PoolingSQL
internal import Synchronization

/// All that a pool tells of a driver that can't connect: its events, errors and their dumps, itself and its driver.
package func toldInVain<Driver: SQLDriver>(by driver: Driver) async throws -> String {
    let told = Telling()
    let pool = try Pool(
        driver, configuration: PoolConfiguration(max: 1, outagePolicy: .failAfter(.milliseconds(1))),
        observers: [Listener { text in told.text.withLock { $0 += text } }])
    for _ in 0..<2 {
        do {
            _ = try await pool.query("SELECT 1", timeout: .milliseconds(300))
            throw Command.Failure(command: "SELECT 1", status: 0, output: "it did connect")
        } catch let error as PoolError {
            told.text.withLock { told in
                told += "\(error)"
                dump(error, to: &told)
                if let cause = error.lastConnectError { dump(cause, to: &told) }
            }
        }
    }
    told.text.withLock { told in
        print(pool, pool.statistics, pool.health, driver, to: &told)
        dump(driver, to: &told)
    }
    await pool.shutdown()
    return told.text.withLock { $0 }
}

private struct Listener: PoolObserver {
    let hear: @Sendable (String) -> Void
    func observe(_ event: PoolEvent, in pool: PoolIdentity) { hear("\(event) \(pool)") }
}

private final class Telling: Sendable { let text = Mutex("") }
