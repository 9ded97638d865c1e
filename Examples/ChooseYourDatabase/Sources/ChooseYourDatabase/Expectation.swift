struct Mismatch: Error, CustomStringConvertible {
    var claim: String
    var description: String { "this does not hold: \(claim)" }
}

/// Says what a sample has found, or ends the program.
func expect(_ holds: Bool, _ claim: String) throws {
    guard holds else { throw Mismatch(claim: claim) }
    print("ok: \(claim)")
}
