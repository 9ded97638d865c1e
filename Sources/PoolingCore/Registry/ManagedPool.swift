/// A pool, whatever its driver: what can be done to all of them alike.
public protocol ManagedPool: AnyObject, Sendable {
    /// What observers know it by.
    var identity: PoolIdentity { get }
    var name: String { get }
    var configuration: PoolConfiguration { get }
    var statistics: PoolStatistics { get }
    var health: PoolHealth { get }

    func warmUp(timeout: Duration?) async throws
    func apply(_ configuration: PoolConfiguration) throws(PoolConfigurationError)
    func resize(min: Int, max: Int) throws(PoolConfigurationError)
    func suspend()
    func resume()
    func recycle(_ scope: RecycleScope)
    @discardableResult func shutdown(within limit: Duration) async -> ShutdownReport
}

extension Pool: ManagedPool {}
