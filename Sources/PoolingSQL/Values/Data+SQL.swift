#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Data: SQLEncodable {
    /// - Complexity: O(n): the bytes are copied.
    public var sqlValue: SQLValue { .blob([UInt8](self)) }
}

extension Data: SQLDecodable {
    /// - Complexity: O(n): the bytes are copied.
    public init?(sqlValue: SQLValue) {
        guard case .blob(let bytes) = sqlValue else { return nil }
        self.init(bytes)
    }
}
