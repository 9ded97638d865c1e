/// What was found, for a person.
struct CheckText {
    var report: CheckReport

    var text: String {
        var blocks = report.pools.map(block)
        if report.isDryRun { blocks.append("nothing was connected to (--dry-run)") }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func block(_ pool: CheckReport.Pool) -> String {
        var lines = ["\(pool.name): \(pool.driver), \(pool.url)"]
        func add(_ name: String, _ value: String) {
            lines.append("    \(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(value)")
        }
        add(
            "pool",
            "min \(pool.min), max \(pool.max)\(report.instances == 1 ? "" : ", in \(report.instances) instances")")
        if let cause = pool.unreachable {
            add("reach", "no: \(cause)")
        } else if let problem = pool.problem {
            add("reach", "yes, but: \(problem)")
        } else if let backend = pool.backend {
            add("reach", "yes\(backend.version.isEmpty ? "" : ", \(backend.version)")")
            add("encryption", backend.encryption ?? "none")
            add("connect", ReportNumber.time(microseconds: backend.connect))
            add("validate", ReportNumber.time(microseconds: backend.validate))
            add("acquire", ReportNumber.time(microseconds: backend.acquire))
            if let limits = Self.limits(backend) { add("sessions", limits) }
            for (name, value) in backend.settings.sorted(by: { $0.key < $1.key }) { add(name, value) }
        } else {
            add("written", "without a mistake")
        }
        for advice in pool.advice { add(advice.weight.rawValue, advice.text) }
        return lines.joined(separator: "\n")
    }

    private static func limits(_ backend: CheckReport.Backend) -> String? {
        guard let limit = backend.maxConnections else { return nil }
        var text = "\(limit) at most"
        if let reserved = backend.reservedConnections, reserved > 0 { text += ", \(reserved) of them reserved" }
        if let used = backend.connectionsInUse { text += ", \(used) at this moment" }
        if let idle = backend.idleTimeout { text += "; ended when idle for \(DurationText.short(.seconds(idle)))" }
        return text
    }
}
