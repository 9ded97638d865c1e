internal import PoolingCore

/// A thing to change, and why.
struct Advice: Codable, Sendable, Equatable {
    enum Weight: String, Codable, Sendable {
        /// It can't work like this.
        case wrong
        /// It may work, and not always.
        case risky
        /// It would be better otherwise.
        case hint
    }

    var weight: Weight
    var text: String

    /// - Parameters:
    ///   - together: what all pools of one instance that share the server may open.
    static func all(
        _ configuration: PoolConfiguration, _ checkup: Checkup, instances: Int, together: Int
    ) -> [Advice] {
        sizes(checkup.facts, instances: instances, together: together)
            + times(configuration, checkup) + safety(configuration, checkup.facts)
            + statements(configuration, checkup.facts, instances: instances, together: together)
    }

    private static func sizes(_ facts: BackendFacts, instances: Int, together: Int) -> [Advice] {
        guard let limit = facts.maxConnections else { return [] }
        let room = limit - (facts.reservedConnections ?? 0)
        let wanted = instances * together
        let sum = instances == 1 ? "max is \(together) together" : "\(instances) instances × \(together) are \(wanted)"
        let share = max(1, room / instances)
        if wanted > room {
            return [
                Advice(
                    weight: .wrong,
                    text: "\(sum), and the server has room for \(room) sessions: connects will be refused; take max "
                        + "\(share) for all pools of an instance together, or raise the server's limit")
            ]
        }
        // The session that asks is not there otherwise.
        let others = max(0, (facts.connectionsInUse ?? 1) - 1)
        if wanted > room - others {
            return [
                Advice(
                    weight: .risky,
                    text:
                        "\(sum), and the server has room for \(room) sessions, of which others use \(others) at this moment"
                )
            ]
        }
        return []
    }

    private static func times(_ configuration: PoolConfiguration, _ checkup: Checkup) -> [Advice] {
        var advice: [Advice] = []
        if let ends = checkup.facts.idleTimeout {
            let keeps = configuration.keepAliveInterval
            if keeps.map({ $0 >= ends }) ?? true,
                configuration.maxLifetime.map({ $0 >= ends }) ?? true,
                configuration.idleTimeout.map({ $0 >= ends }) ?? true || configuration.min + configuration.minIdle > 0
            {
                advice.append(
                    Advice(
                        weight: .risky,
                        text:
                            "the server ends a session that is idle for \(DurationText.short(ends)), which keepAliveInterval "
                            + "(\(keeps.map(DurationText.short) ?? "none")) does not prevent: set it to less than half of that"
                    ))
            }
        }
        let connect = Duration.nanoseconds(checkup.connect)
        if connect > configuration.connectTimeout / 2 {
            advice.append(
                Advice(
                    weight: .risky,
                    text: "a connect takes \(DurationText.short(connect)), and connectTimeout allows for "
                        + DurationText.short(configuration.connectTimeout)))
        }
        if configuration.min == 0, configuration.minIdle == 0, connect > .milliseconds(5) {
            advice.append(
                Advice(
                    weight: .hint,
                    text:
                        "min is 0, so the first request after a pause waits for a connect (\(DurationText.short(connect))): "
                        + "min or minIdle of 1 keeps one ready"))
        }
        return advice
    }

    private static func safety(_ configuration: PoolConfiguration, _ facts: BackendFacts) -> [Advice] {
        guard facts.isRemote, facts.encryption == nil else { return [] }
        return [Advice(weight: .risky, text: "the session is not encrypted, and goes through a network")]
    }

    private static func statements(
        _ configuration: PoolConfiguration, _ facts: BackendFacts, instances: Int, together: Int
    ) -> [Advice] {
        guard let all = facts.maxPreparedStatements, all >= 0, instances * together > 0 else { return [] }
        let each = all / (instances * together)
        guard each < 100 else { return [] }
        return [
            Advice(
                weight: .risky,
                text:
                    "the server keeps \(all) prepared statements for all sessions together, \(each) for each of these "
                    + "connections: a smaller statement cache, or a higher max_prepared_stmt_count")
        ]
    }
}
