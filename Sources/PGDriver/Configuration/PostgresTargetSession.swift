/// Which of several servers will do (F27).
public enum PostgresTargetSession: String, Sendable, Hashable, CaseIterable {
    case any
    /// One whose sessions can write.
    case readWrite = "read-write"
    /// One whose sessions can't.
    case readOnly = "read-only"
    /// One that is not in recovery.
    case primary
    /// One that is in recovery.
    case standby
    /// A standby if there is one among the hosts, else any.
    case preferStandby = "prefer-standby"
}
