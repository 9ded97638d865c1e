#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension Decimal: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { .decimal(self) }
}

extension Decimal: SQLDecodable {
    /// From a decimal, from text in decimal notation, from an integer, or from a double by the shortest notation that
    /// means it: 0.1 is read as 0.1. A number with more digits than `Decimal` holds is refused and not rounded.
    public init?(sqlValue: SQLValue) {
        switch sqlValue {
        case .decimal(let decimal): self = decimal
        case .integer(let number): self.init(number)
        case .double(let number):
            guard let decimal = DecimalNotation.decimal(number.description) else { return nil }
            self = decimal
        case .text(let text):
            guard let decimal = DecimalNotation.decimal(text) else { return nil }
            self = decimal
        default: return nil
        }
    }
}

/// The digits of a decimal that has no fraction; nil for every other value.
@usableFromInline func wholeNumber(in sqlValue: SQLValue) -> String? {
    guard case .decimal(let decimal) = sqlValue, let text = DecimalNotation.text(decimal) else { return nil }
    let parts = text.split(separator: ".", maxSplits: 1)
    guard let digits = parts.first, parts.dropFirst().allSatisfy({ $0.allSatisfy { $0 == "0" } }) else { return nil }
    return String(digits)
}
