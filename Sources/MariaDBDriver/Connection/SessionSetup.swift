/// What makes a session what the configuration says.
struct SessionSetup {
    let text: String

    init(_ configuration: MariaDBConfiguration) {
        var variables = ["time_zone": "+00:00", "session_track_state_change": "1"]
        variables.merge(configuration.variables) { $1 }
        let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key) = \(Self.literal($0.value))" }
        text = "SET SESSION " + assignments.joined(separator: ", ")
    }

    /// Numbers as such, since a variable that is one takes no text.
    private static func literal(_ value: String) -> String {
        if Double(value) != nil, !value.hasPrefix("+") { return value }
        return "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}
