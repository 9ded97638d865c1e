extension PoolConfiguration {
    /// The fields that are others in `old`, by name. By reflection, so that a field that is added is not forgotten.
    func changes(from old: PoolConfiguration) -> [PoolReloadReport.Change] {
        zip(Mirror(reflecting: old).children, Mirror(reflecting: self).children).compactMap { before, after in
            let (from, to) = (Self.shown(before.value), Self.shown(after.value))
            return from == to ? nil : .init(field: after.label ?? "", from: from, to: to)
        }
    }

    private static func shown(_ value: Any) -> String {
        switch value {
        case let duration as Duration: return duration.shortest
        case let backoff as Backoff:
            return "\(backoff.initial.shortest) × \(backoff.multiplier), cap \(backoff.cap.shortest)"
        case ValidationPolicy.afterIdle(let duration): return "afterIdle \(duration.shortest)"
        case OutagePolicy.failAfter(let duration): return "failAfter \(duration?.shortest ?? "acquireTimeout")"
        default: break
        }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return "\(value)" }
        return mirror.children.first.map { shown($0.value) } ?? "none"
    }
}

extension Duration {
    /// In the largest unit that needs no fraction: `90 s`, `10 min`, `1500 ms`.
    var shortest: String {
        let (seconds, attoseconds) = components
        if attoseconds != 0 {
            let units: [(String, Int64)] = [
                ("ms", 1_000_000_000_000_000), ("µs", 1_000_000_000_000), ("ns", 1_000_000_000),
            ]
            // Centuries in nanoseconds are more than a number holds.
            for (unit, size) in units where attoseconds % size == 0 && abs(seconds) < 1 << 32 {
                let perSecond = 1_000_000_000_000_000_000 / size
                let (scaled, overflow) = seconds.multipliedReportingOverflow(by: perSecond)
                if !overflow { return "\(scaled + attoseconds / size) \(unit)" }
            }
            return "\(self)"
        }
        for (unit, size) in [("d", Int64(86_400)), ("h", 3600), ("min", 60)] where seconds != 0 && seconds % size == 0 {
            return "\(seconds / size) \(unit)"
        }
        return "\(seconds) s"
    }
}
