/// Loans as the statistics told them last: a counter does not go back, not even if it was told in the moment in which a
/// connection of the fast path is on its way to a borrower who finds it unfit. What was told too soon is made up for by the
/// next loan that ends between two questions.
struct ToldCounters {
    private var acquired: UInt64 = 0
    private var immediately: UInt64 = 0
    private var released: UInt64 = 0
    /// How many acquires were told too soon and are not made up for.
    private(set) var excess: UInt64 = 0

    /// Completes the statistics. Those who hold loans now are counted exactly.
    mutating func complete(_ s: inout PoolStatistics, acquired: UInt64, immediately: UInt64, leased: Int) {
        let leased = UInt64(max(0, leased))
        self.acquired = max(self.acquired, acquired, released + leased)
        excess = self.acquired - acquired
        self.immediately = max(self.immediately, min(immediately, self.acquired))
        released = self.acquired - leased
        (s.acquired, s.acquiredImmediately, s.released) = (self.acquired, self.immediately, released)
        s.leased = Int(leased)
    }
}
