package import PoolingSQL
package import PoolingTestKit

/// A server behind a proxy of its own.
package struct ProxiedServer<Driver: TestedDriver>: Sendable {
    package let proxy: FaultProxy
    /// Goes through the proxy.
    package var driver: Driver
    /// How many sessions of this driver's the server has.
    private let census: SQLQuery

    package init(_ proxy: FaultProxy, _ driver: Driver, census: SQLQuery) {
        self.proxy = proxy
        self.driver = driver
        self.census = census
    }

    /// How many bytes come back while `body` runs. Resets what is open then: the proxy has counted everything after that.
    package func answered(_ body: () async throws -> Void) async throws -> Int {
        proxy.resetConnections()
        let before = proxy.counters.bytesToClient
        try await body()
        proxy.resetConnections()
        return proxy.counters.bytesToClient - before
    }

    /// How many of its sessions the server has.
    package func sessions(_ observer: Observer<Driver>) async throws -> Int { try await observer.int(census) }

    /// Waits until the server has none of its sessions left: what they were at is done, or will never be.
    package func areGone(_ observer: Observer<Driver>) async throws -> Bool {
        try await eventually { try await sessions(observer) == 0 }
    }
}
