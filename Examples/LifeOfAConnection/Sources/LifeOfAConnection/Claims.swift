struct Mismatch: Error, CustomStringConvertible {
    var claim: String
    var description: String { "this does not hold: \(claim)" }
}

func chapter(_ title: String) { print("\n\(title)") }

/// Says what was found, or ends the program.
func expect(_ holds: Bool, _ claim: String) throws {
    guard holds else { throw Mismatch(claim: claim) }
    print("  \(claim)")
}

/// Waits for what comes by itself, for a while.
func becomes(_ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(1))
    }
    return true
}
