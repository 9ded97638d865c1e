#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A UUID as text: hexadecimal digits in lower case, in groups of 8, 4, 4, 4 and 12 with hyphens between them.
package enum UUIDNotation {
    package static let length = 36

    /// Writes ``length`` bytes, or nothing if there is no room for them.
    package static func write(_ uuid: UUID, to bytes: UnsafeMutableBufferPointer<UInt8>) {
        guard bytes.count >= length else { return }
        var index = 0
        withUnsafeBytes(of: uuid.uuid) { source in
            for byte in source {
                if isHyphen(index) {
                    bytes[index] = UInt8(ascii: "-")
                    index += 1
                }
                bytes[index] = character(byte >> 4)
                bytes[index + 1] = character(byte & 0xF)
                index += 2
            }
        }
    }

    package static func text(_ uuid: UUID) -> String {
        String(unsafeUninitializedCapacity: length) { bytes in
            write(uuid, to: bytes)
            return length
        }
    }

    /// - Returns: nil if it is no UUID in the usual form, in upper or lower case.
    package static func uuid(_ text: String) -> UUID? {
        var text = text
        return text.withUTF8 { characters in
            guard characters.count == length else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(16)
            var high: UInt8?
            for (index, character) in characters.enumerated() {
                if isHyphen(index) {
                    guard character == UInt8(ascii: "-") else { return nil }
                    continue
                }
                guard let digit = digit(character) else { return nil }
                if let first = high {
                    bytes.append(first << 4 | digit)
                    high = nil
                } else {
                    high = digit
                }
            }
            return uuid(bytes)
        }
    }

    /// - Returns: nil if there are not 16 bytes.
    package static func uuid(_ bytes: [UInt8]) -> UUID? {
        guard bytes.count == 16 else { return nil }
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        withUnsafeMutableBytes(of: &uuid) { $0.copyBytes(from: bytes) }
        return UUID(uuid: uuid)
    }

    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    private static func character(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
