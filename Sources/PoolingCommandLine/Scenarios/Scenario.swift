/// A story that is played once and told, instead of a load that is measured.
enum Scenario: String, Sendable, CaseIterable {
    /// Many requests at once, while connects are slow.
    case spike
    /// The backend is cut off, and comes back.
    case outage
}
