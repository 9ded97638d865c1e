/// A story that is played once and told, instead of a load that is measured.
enum Scenario: String, Sendable, CaseIterable {
    /// Many requests at once, while connects are slow.
    case spike
    /// The backend is cut off, and comes back.
    case outage
    /// What the simulator foretells, beside what happens.
    case prediction

    /// What `--service-time` is if it isn't given.
    var usualServiceTime: String? {
        switch self {
        case .spike: "2ms"
        case .outage: nil
        case .prediction: "exponential:2ms"
        }
    }

    /// The same for `--clients`.
    var usualClients: String {
        switch self {
        case .spike: "50"
        case .outage: "8"
        case .prediction: "64"
        }
    }
}
