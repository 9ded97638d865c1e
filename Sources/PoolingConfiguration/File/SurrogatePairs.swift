/// JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), which YAML does not know.
enum SurrogatePairs {
    /// The text with such characters written out. O(length).
    static func joined(_ text: String) -> String {
        guard text.contains("\\u") else { return text }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if let high = unit(bytes, index), let low = unit(bytes, index + 6), (0xD800...0xDBFF).contains(high),
                (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
            {
                result += Array(String(Character(scalar)).utf8)
                index += 12
                continue
            }
            // A backslash and what it escapes, which may be a backslash.
            result += bytes[index..<min(index + 2, bytes.count)]
            index += 2
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func unit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
            let digits = String(validating: bytes[(index + 2)..<(index + 6)], as: UTF8.self)
        else { return nil }
        return digits.allSatisfy(\.isHexDigit) ? UInt32(digits, radix: 16) : nil
    }
}
