#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// How values become JSON and are read from it. What goes wrong is told without a value: Foundation's own messages
/// quote them.
enum JSONNotation {
    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Foundation's default is seconds since 2001, which nobody else reads, and its ISO 8601 drops the fraction.
        encoder.dateEncodingStrategy = .custom { date, encoder in
            guard let text = TimestampNotation.text(date) else {
                throw EncodingError.invalidValue(
                    date, .init(codingPath: encoder.codingPath, debugDescription: "outside of the years 0000 to 9999"))
            }
            var container = encoder.singleValueContainer()
            try container.encode("\(text.prefix(10))T\(text.dropFirst(11))Z")
        }
        return encoder
    }()

    static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        // A number is refused: seconds since 1970, milliseconds and seconds since 2001 are all in use.
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = TimestampNotation.date(try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no date in ISO 8601")
            }
            return date
        }
        return decoder
    }()

    static func text<Value: Encodable>(_ value: Value) throws -> String {
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch EncodingError.invalidValue(_, let context) {
            throw SQLError(
                .typeMismatch,
                "a \(Value.self) can't be written as JSON: \(place(context.codingPath)) has no form in it, as NaN, "
                    + "infinity and dates outside of the years 0000 to 9999 have none")
        }
    }

    /// - Parameter subject: what was read, as in "column 2 ('settings') holds text".
    /// - Throws: ``SQLError`` of kind `.typeMismatch`, and what the type's own `init(from:)` throws.
    static func value<Value: Decodable>(_ type: Value.Type, from text: String, subject: @autoclosure () -> String)
        throws -> Value
    {
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw SQLError(
                .typeMismatch, "\(subject()), which can't be read as JSON of \(type): \(sentence(error))")
        }
    }

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context.codingPath)) has no key '\(step(key))'"
        case .valueNotFound(let type, let context):
            return "\(place(context.codingPath)) is missing or null instead of \(type)"
        case .typeMismatch(let type, let context):
            return "\(place(context.codingPath)) is not of the kind that \(type) is read from"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "it is not valid" : "\(place(context.codingPath)) is not valid"
        @unknown default:
            return "it is not valid"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the whole of it" : "'\(path.map(step).joined(separator: "."))'"
    }

    /// Names that stand in the program only: the keys of a dictionary are data and may be secrets. They come as keys
    /// with a payload, those of the compiler as cases without.
    private static func step(_ key: any CodingKey) -> String {
        if let index = key.intValue { return key.stringValue == "Index \(index)" ? "[\(index)]" : "[…]" }
        let mirror = Mirror(reflecting: key)
        return mirror.displayStyle == .enum && mirror.children.isEmpty ? key.stringValue : "[…]"
    }
}
