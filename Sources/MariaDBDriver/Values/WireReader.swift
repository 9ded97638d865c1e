/// Reads what stands in a row of the binary protocol.
struct WireReader {
    private(set) var position: UnsafePointer<UInt8>

    init(_ position: UnsafePointer<UInt8>) { self.position = position }

    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return position.pointee
    }

    /// An integer of the protocol: the least significant byte first.
    mutating func integer<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        let number = UnsafeRawPointer(position).loadUnaligned(as: Number.self)
        position += MemoryLayout<Number>.size
        return Number(littleEndian: number)
    }

    /// Bytes with their length before them.
    mutating func bytes() -> UnsafeBufferPointer<UInt8> {
        let length: Int =
            switch byte() {
            case 0xFC: Int(integer(UInt16.self))
            case 0xFD: Int(integer(UInt16.self)) | Int(byte()) << 16
            case 0xFE, 0xFF: long()
            case let short: Int(short)
            }
        defer { position += length }
        return UnsafeBufferPointer(start: position, count: length)
    }

    /// The library has made sure that a row does not end within its cells, and reads four of the eight bytes (F66).
    private mutating func long() -> Int {
        defer { position += 4 }
        return Int(integer(UInt32.self))
    }
}
