/// What came of a ``CrossTalk``.
public struct CrossTalkReport: Sendable, Hashable, CustomStringConvertible {
    public internal(set) var asked = 0
    public internal(set) var answered = 0
    /// Ended with their task.
    public internal(set) var cancelled = 0
    /// Ended at their deadline.
    public internal(set) var stopped = 0
    /// Ended with their connection, since the backend did not confirm in time that they were stopped.
    public internal(set) var uncertain = 0
    /// Connections made meanwhile.
    public internal(set) var connected = 0
    /// Sessions at the end, the same ones by the pool and by the backend.
    public internal(set) var sessions = 0
    /// How often something happened that never may.
    public private(set) var faults = 0
    /// The first of them, in words.
    public private(set) var examples: [String] = []

    mutating func note(_ fault: String) {
        faults += 1
        if examples.count < 10 { examples.append(fault) }
    }

    mutating func add(_ other: CrossTalkReport) {
        asked += other.asked
        answered += other.answered
        cancelled += other.cancelled
        stopped += other.stopped
        uncertain += other.uncertain
        faults += other.faults
        examples = Array((examples + other.examples).prefix(10))
    }

    public var description: String {
        let ends = "\(answered) answered, \(cancelled) cancelled, \(stopped) stopped, \(uncertain) uncertain"
        let line = "\(asked) asked: \(ends); \(connected) connections made, \(sessions) sessions left; \(faults) faults"
        return ([line] + examples).joined(separator: "\n  ")
    }
}
