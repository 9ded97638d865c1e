extension PoolStatistics: CustomStringConvertible {
    /// One line for a person: what there is, then what has happened. Counters that are 0 are left out.
    public var description: String {
        let gauges: [(String, Int)] = [
            ("leased", leased), ("idle", idle), ("connecting", connecting), ("checking", checking),
            ("resetting", resetting), ("closing", closing), ("waiting", waiting), ("abandoned", abandoned),
        ]
        let counters: [(String, UInt64)] = [
            ("acquired", acquired), ("at once", acquiredImmediately), ("released", released), ("timed out", timedOut),
            ("unused", unused), ("cancelled", cancelled), ("rejected", rejected), ("connected", connected),
            ("connect failed", connectFailed), ("validation failed", validationFailed), ("resets", resets),
            ("detached", detached), ("leaked", leaked), ("closed", closed),
        ]
        let now = gauges.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        let past = counters.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        return "\(total) of max \(max)" + (now.isEmpty ? "" : " (\(now.joined(separator: ", ")))")
            + (past.isEmpty ? "" : "; \(past.joined(separator: ", "))")
    }
}
