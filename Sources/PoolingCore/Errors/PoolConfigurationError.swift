/// A configuration that contradicts itself. Names the field, its value and the rule; nothing is corrected silently (F68).
public struct PoolConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field of ``PoolConfiguration``, or of the driver.
    public var field: String
    /// Its value as text.
    public var value: String
    /// The rule that it breaks, as the end of a sentence: "must be at least 1".
    public var rule: String

    public init(field: String, value: String, rule: String) {
        self.field = field
        self.value = value
        self.rule = rule
    }

    public var description: String { "\(field) is \(value), but \(rule)" }
}
