#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Reads numbers in the protocol's byte order. Never reads beyond its bytes: what is not there is nil.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { position == bytes.count }

    mutating func integer<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { return nil }
        defer { position += size }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// All bytes, if they are one number and nothing else.
    static func only<Number: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _: Number.Type = Number.self
    ) -> Number? {
        guard bytes.count == MemoryLayout<Number>.size else { return nil }
        return Number(bigEndian: bytes.loadUnaligned(as: Number.self))
    }
}

extension [UInt8] {
    /// In the protocol's byte order.
    mutating func append<Number: FixedWidthInteger>(number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}

extension String {
    /// The text that the bytes are in UTF-8; nil if they are none.
    ///
    /// Quicker than `String(validating:as:)`, which looks up a generic type each time: a text that had to be repaired is not
    /// what it was made from.
    init?(exactly bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes, as: UTF8.self)
        guard utf8.count == bytes.count else { return nil }
        let isSame = utf8.withContiguousStorageIfAvailable { own in
            guard let own = own.baseAddress, let given = bytes.baseAddress else { return true }
            return memcmp(own, given, bytes.count) == 0
        }
        guard isSame ?? utf8.elementsEqual(bytes) else { return nil }
    }
}
