#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Date: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .timestamp(self) }
}

extension Date: SQLDecodable {
    /// From a timestamp, from text in ISO 8601 (`2024-02-29`, `2024-02-29 12:30:00.25`, `2024-02-29T12:30Z`,
    /// `2024-02-29T12:30:00+01:00`; UTC unless it says otherwise), or from a number of seconds since 1970.
    public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .timestamp(let date): self = date
        case .text(let text):
            guard let date = TimestampNotation.date(text) else { return nil }
            self = date
        case .integer(let seconds):
            guard let exact = Double(exactly: seconds) else { return nil }
            self.init(timeIntervalSince1970: exact)
        case .double(let seconds):
            guard seconds.isFinite else { return nil }
            self.init(timeIntervalSince1970: seconds)
        default: return nil
        }
    }
}
