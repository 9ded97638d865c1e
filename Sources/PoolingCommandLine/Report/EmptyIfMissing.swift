/// A text that reports of earlier versions lack.
@propertyWrapper struct EmptyIfMissing: Codable, Sendable, Equatable {
    var wrappedValue: String

    init(wrappedValue: String) { self.wrappedValue = wrappedValue }

    init(from decoder: any Decoder) throws {
        wrappedValue = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

extension KeyedDecodingContainer {
    /// What decoders that the compiler writes call for a property with this wrapper.
    func decode(_ type: EmptyIfMissing.Type, forKey key: Key) throws -> EmptyIfMissing {
        try decodeIfPresent(type, forKey: key) ?? EmptyIfMissing(wrappedValue: "")
    }
}
