/// Puts numbers of a fixed width one after the other. Stays within its bytes: what has no room is left out.
struct DigitWriter {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    private var end = 0

    init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func write(_ number: Int, _ width: Int) {
        guard end + width <= bytes.count else { return }
        var rest = number
        for index in stride(from: end + width - 1, through: end, by: -1) {
            bytes[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        end += width
    }

    mutating func write(_ number: Int, _ width: Int, after mark: Unicode.Scalar) {
        guard end < bytes.count else { return }
        bytes[end] = UInt8(ascii: mark)
        end += 1
        write(number, width)
    }
}

/// Reads numbers of a fixed width one after the other. Never reads beyond its bytes.
struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    private mutating func digit() -> Int? {
        guard index < bytes.count else { return nil }
        let digit = bytes[index] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        index += 1
        return Int(digit)
    }

    /// - Returns: nil if there are fewer digits.
    mutating func number(_ width: Int) -> Int? {
        var number = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// The digits behind a decimal point, at least one. Those beyond the 15th are below what a double can tell.
    mutating func fraction() -> Double? {
        var number = 0
        var scale = 1
        guard let first = digit() else { return nil }
        var next: Int? = first
        while let digit = next {
            if scale < 1_000_000_000_000_000 {
                number = number * 10 + digit
                scale *= 10
            }
            next = self.digit()
        }
        return Double(number) / Double(scale)
    }
}
