internal import PoolingTestKit

/// A server behind a proxy.
struct Line<Database: SoakDatabase> {
    let proxy: FaultProxy
    let driver: Database

    /// - Parameter name: of its sessions, where sessions have names.
    init(to server: Database, as name: String, seed: UInt64) throws {
        proxy = try FaultProxy(to: server.place, seed: seed)
        driver = server.behind(proxy.port, as: name)
    }
}
