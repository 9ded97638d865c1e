/// Why a text is no value of its kind. Repeats nothing of it: what stands in the wrong place may be a password (F63).
package struct NotationMistake: Error, Sendable, Hashable {
    /// The end of a sentence about the value: "has no unit; write …".
    package let rule: String
    package init(_ rule: String) { self.rule = rule }
}
