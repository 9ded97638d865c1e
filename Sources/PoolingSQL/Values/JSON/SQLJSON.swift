#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A value that is stored as JSON: `try row.decode((Int, SQLJSON<Settings>).self)`.
///
/// It is encoded when it is made, so that a value without a form in JSON fails there, and binding can't. Object keys are
/// sorted: equal values have equal texts. A `Date` inside is text in ISO 8601 with microseconds, `Data` is Base64.
/// Where one value is bound, `\(json: settings)` says the same in less.
public struct SQLJSON<Value: Codable>: SQLEncodable, SQLDecodable {
    public let value: Value
    /// What is stored.
    public let text: String

    /// - Throws: ``SQLError`` of kind `.typeMismatch` that names type and path, never a value; and what the value's own
    ///   `encode(to:)` throws.
    /// - Complexity: O(n) in the size of the value.
    public init(_ value: Value) throws {
        self.value = value
        text = try JSONNotation.text(value)
    }

    public var sqlValue: SQLValue { .json(text) }

    /// - Returns: nil if the value is neither JSON nor text, or not of this type.
    public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .json(let text), .text(let text):
            guard let value = try? JSONNotation.decoder.decode(Value.self, from: Data(text.utf8)) else { return nil }
            self.value = value
            self.text = text
        default: return nil
        }
    }
}

extension SQLJSON: Sendable where Value: Sendable {}
extension SQLJSON: Equatable where Value: Equatable {
    public static func == (one: SQLJSON, other: SQLJSON) -> Bool { one.value == other.value }
}
extension SQLJSON: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
