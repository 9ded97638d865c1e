extension PoolError {
    public var description: String {
        let name = pool.isEmpty ? "the pool" : "pool '\(pool)'"
        var text: String
        switch code.kind {
        case .acquireTimedOut:
            text = "\(name) had no connection to lend within \(Self.short(waited))\(load)"
        case .connectFailed:
            text = "\(name) has no connection and can't open one"
        case .queueFull:
            text = "\(name) refused to wait because its queue is full\(load)"
        case .nestedAcquireWouldDeadlock:
            text =
                "\(name) refused a nested acquire: this task holds a connection of the pool already, and every "
                + "connection is held by a task that waits for another\(load); use the connection at hand or raise max"
        case .suspended:
            text = "\(name) is suspended; call resume() first"
        case .shutDown:
            text = "\(name) has been shut down"
        case .loanEnded:
            text = "a connection was used after its loan had ended; keep the work inside withConnection or the lease"
        case .refusedByDriver:
            text = "\(name) lent nothing because its driver refused to prepare a connection for this acquire"
        case .concurrentUse:
            text = "a connection was used by two tasks at once; give each task a loan of its own"
        }
        if isSuspended, code == .acquireTimedOut { text += "; it is suspended, and lends again after resume()" }
        if let lastConnectError {
            text += "; the last connect failed: \(lastConnectError)"
        }
        if !holders.isEmpty {
            let ages = holders.map { holder in
                "\(holder.connection) for \(Self.short(holder.age))" + (holder.site.map { " (lent at \($0))" } ?? "")
            }
            text += "; longest on loan: \(ages.joined(separator: ", "))"
        }
        return text
    }

    private var load: String {
        guard let s = statistics else { return "" }
        var parts = ["\(s.leased) of max \(s.max) on loan"]
        if s.connecting > 0 { parts.append("\(s.connecting) connecting") }
        if s.checking + s.resetting > 0 { parts.append("\(s.checking + s.resetting) being checked or reset") }
        if s.closing > 0 { parts.append("\(s.closing) closing") }
        if s.abandoned > 0 { parts.append("\(s.abandoned) given up on") }
        parts.append("\(s.waiting) waiting")
        return " (\(parts.joined(separator: ", ")))"
    }

    /// "30 s", "250 ms": three digits at most, so that the sentence reads well.
    package static func short(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if seconds >= 10_000 { return "\(seconds) s" }
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        if milliseconds >= 10_000 { return "\((milliseconds + 500) / 1000) s" }
        if milliseconds >= 1000 { return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s" }
        if milliseconds >= 1 { return "\(milliseconds) ms" }
        return "\(attoseconds / 1_000_000_000_000) µs"
    }
}
