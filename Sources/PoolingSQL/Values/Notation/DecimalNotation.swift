#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A decimal number as text, exactly.
package enum DecimalNotation {
    /// Of a `Decimal`: 128 bits. Nothing longer need be tried.
    private static let mostDigits = 39

    /// Digits without exponent, a point if there is a fraction: `-12.5`.
    /// - Returns: nil for NaN.
    package static func text(_ decimal: Decimal) -> String? { decimal.isNaN ? nil : decimal.description }

    /// - Returns: nil if it is no number in decimal notation (`-12.5`, `.5`, `1e-3`), or if `Decimal` can't hold it
    ///   exactly.
    package static func decimal(_ text: String) -> Decimal? {
        guard let wanted = Digits(text), wanted.digits.count <= mostDigits else { return nil }
        // The usual case without a text, ten times as fast. Far from the limits of digits and exponent nothing rounds.
        if let significand = wanted.significand, abs(wanted.exponent) <= 18 {
            return Decimal(
                sign: wanted.isNegative ? .minus : .plus, exponent: wanted.exponent, significand: Decimal(significand))
        }
        // Foundation's reading rounds what has too many digits: what it has read is written again and compared.
        guard let decimal = Decimal(string: wanted.text), Digits(decimal.description) == wanted else { return nil }
        return decimal
    }

    /// A number as its significant digits and the power of ten that they are multiplied with: one form for each number.
    private struct Digits: Equatable {
        var isNegative = false
        var digits: [UInt8] = []
        var exponent = 0

        init?(_ text: String) {
            var rest = text.utf8[...]
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
                isNegative = rest.removeFirst() == UInt8(ascii: "-")
            }
            var hasDigit = false
            var hasPoint = false
            while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
                rest.removeFirst()
                if byte == UInt8(ascii: "."), !hasPoint {
                    hasPoint = true
                    continue
                }
                guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
                hasDigit = true
                if hasPoint { exponent -= 1 }
                if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte) }
            }
            guard hasDigit else { return nil }
            if !rest.isEmpty {
                guard let power = Int(String(rest.dropFirst()) ?? ""), (-99_999...99_999).contains(power)
                else { return nil }
                exponent += power
            }
            while digits.last == UInt8(ascii: "0") {
                digits.removeLast()
                exponent += 1
            }
            if digits.isEmpty {
                isNegative = false
                exponent = 0
            }
        }

        /// nil for numbers of more than 18 digits.
        var significand: UInt64? {
            guard digits.count <= 18 else { return nil }
            return digits.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
        }

        var text: String {
            if digits.isEmpty { return "0" }
            return "\(isNegative ? "-" : "")\(String(decoding: digits, as: UTF8.self))e\(exponent)"
        }
    }
}
