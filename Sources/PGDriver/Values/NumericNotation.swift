internal import PoolingSQL

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// `numeric` in binary: groups of four decimal digits with the power of 10 000 of the first one.
enum NumericNotation {
    private enum Sign {
        static let plus: UInt16 = 0x0000
        static let minus: UInt16 = 0x4000
        static let nan: UInt16 = 0xC000
        static let infinity: UInt16 = 0xD000
        static let minusInfinity: UInt16 = 0xF000
    }

    private struct Header {
        var groups: Int
        var weight: Int
        var sign: UInt16
        var scale: Int

        init?(_ reader: inout ByteReader) {
            guard let groups: UInt16 = reader.integer(), let weight: Int16 = reader.integer(),
                let sign: UInt16 = reader.integer(), let scale: UInt16 = reader.integer(),
                reader.remaining == Int(groups) * 2, scale <= 0x3FFF
            else { return nil }
            self.groups = Int(groups)
            self.weight = Int(weight)
            self.sign = sign
            self.scale = Int(scale)
        }
    }

    /// A decimal where `Decimal` holds it exactly, text otherwise: nothing is rounded.
    /// - Returns: nil if the bytes are no numeric.
    static func value(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        var reader = ByteReader(bytes)
        guard let header = Header(&reader) else { return nil }
        if header.sign == Sign.nan { return .decimal(.nan) }
        // Four groups at most: no digit is lost in 64 bits, and the exponent is far from Decimal's limits.
        if header.groups <= 4, abs(header.weight) < 8, header.sign == Sign.plus || header.sign == Sign.minus {
            var significand: UInt64 = 0
            for _ in 0..<header.groups {
                guard let group: UInt16 = reader.integer(), group < 10_000 else { return nil }
                significand = significand * 10_000 + UInt64(group)
            }
            return .decimal(
                Decimal(
                    sign: header.sign == Sign.minus ? .minus : .plus,
                    exponent: 4 * (header.weight - header.groups + 1), significand: Decimal(significand)))
        }
        guard let text = text(bytes) else { return nil }
        return DecimalNotation.decimal(text).map(SQLValue.decimal) ?? .text(text)
    }

    /// As the server writes it, with its scale: `1.50`.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        var reader = ByteReader(bytes)
        guard let header = Header(&reader) else { return nil }
        var text = ""
        switch header.sign {
        case Sign.plus: break
        case Sign.minus: text = "-"
        case Sign.nan: return "NaN"
        case Sign.infinity: return "Infinity"
        case Sign.minusInfinity: return "-Infinity"
        default: return nil
        }
        var groups: [Int] = []
        for _ in 0..<header.groups {
            guard let group: UInt16 = reader.integer(), group < 10_000 else { return nil }
            groups.append(Int(group))
        }
        func group(_ power: Int) -> Int {
            let index = header.weight - power
            return groups.indices.contains(index) ? groups[index] : 0
        }
        text += header.weight < 0 ? "0" : "\(group(header.weight))"
        if header.weight > 0 {
            for power in stride(from: header.weight - 1, through: 0, by: -1) {
                text += PostgresDay.padded(group(power), 4)
            }
        }
        guard header.scale > 0 else { return text }
        var fraction = ""
        for power in 1...(header.scale + 3) / 4 { fraction += PostgresDay.padded(group(-power), 4) }
        return "\(text).\(fraction.prefix(header.scale))"
    }

    static func append(_ decimal: Decimal, to bytes: inout [UInt8]) {
        guard let text = DecimalNotation.text(decimal) else {
            append(groups: [], weight: 0, sign: Sign.nan, scale: 0, to: &bytes)
            return
        }
        let isNegative = text.hasPrefix("-")
        let parts = text.utf8.drop { $0 == UInt8(ascii: "-") }.split(separator: UInt8(ascii: "."), maxSplits: 1)
        let whole = parts.first.map { $0.map { Int($0) - 48 } } ?? []
        let fraction = parts.count > 1 ? parts[1].map { Int($0) - 48 } : []
        var digits = Array(repeating: 0, count: (4 - whole.count % 4) % 4) + whole
        var weight = digits.count / 4 - 1
        digits += fraction + Array(repeating: 0, count: (4 - fraction.count % 4) % 4)
        var groups = stride(from: 0, to: digits.count, by: 4).map { start in
            digits[start..<start + 4].reduce(0) { $0 * 10 + $1 }
        }[...]
        while groups.first == 0 {
            groups.removeFirst()
            weight -= 1
        }
        while groups.last == 0 { groups.removeLast() }
        append(
            groups: groups, weight: groups.isEmpty ? 0 : weight,
            sign: isNegative && !groups.isEmpty ? Sign.minus : Sign.plus, scale: fraction.count, to: &bytes)
    }

    private static func append(
        groups: ArraySlice<Int>, weight: Int, sign: UInt16, scale: Int, to bytes: inout [UInt8]
    ) {
        bytes.append(number: UInt16(clamping: groups.count))
        bytes.append(number: Int16(clamping: weight))
        bytes.append(number: sign)
        bytes.append(number: UInt16(clamping: scale))
        for group in groups { bytes.append(number: UInt16(clamping: group)) }
    }
}
