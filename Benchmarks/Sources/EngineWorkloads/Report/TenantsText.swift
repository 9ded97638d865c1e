extension Tenants {
    var text: String {
        """
        \(Self.count) tenants in one registry, a pool with one connection each

            to define one, µs                               \(each(defining))
            to make its pool, µs                            \(each(making))
            its first loan, with the connect, µs            \(each(firstLoans))
            to end one, of all together, µs                 \(each(ending))\(endedCleanly ? "" : " (not clean)")
            heap bytes per tenant                           \(bytesPerTenant)
            threads before and with all of them             \(threadsBefore), \(threadsAfter)

        """
    }

    private func each(_ all: Duration) -> String { (all.inMicroseconds / Double(Self.count)).short }
}
