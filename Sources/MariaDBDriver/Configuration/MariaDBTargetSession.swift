/// Which of several servers will do (F27).
public enum MariaDBTargetSession: String, Sendable, Hashable, CaseIterable {
    case any
    /// One that is not read-only.
    case readWrite = "read-write"
}
