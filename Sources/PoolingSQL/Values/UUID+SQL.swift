#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension UUID: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .uuid(self) }
}

extension UUID: SQLDecodable {
    /// From a UUID, from its text with hyphens in any case, or from 16 bytes.
    public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .uuid(let uuid): self = uuid
        case .text(let text):
            guard let uuid = UUIDNotation.uuid(text) else { return nil }
            self = uuid
        case .blob(let bytes):
            guard let uuid = UUIDNotation.uuid(bytes) else { return nil }
            self = uuid
        default: return nil
        }
    }
}
