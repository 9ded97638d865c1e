internal import CLibPQ
internal import PoolingSQL

/// A statement's values as libpq wants them: one stretch of bytes, and where each value stands in it.
struct Parameters {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private(set) var types: [Oid] = []

    /// - Parameter expected: what the server takes the parameters for; empty: what the values themselves are.
    init(of query: SQLQuery, as expected: [Oid]) throws {
        for segment in query.segments {
            switch segment {
            case .bind(let value), .placed(let value):
                let index = starts.count
                try append(value, as: index < expected.count ? expected[index] : ValueCodec.declaredType(of: value))
            case .literal, .identifier, .text: break
            }
        }
        // The protocol counts them in 16 bits.
        if starts.count > Int(UInt16.max) {
            throw SQLError(.syntax, "PostgreSQL takes 65535 values for one statement, and \(starts.count) were given")
        }
    }

    var count: Int32 { Int32(starts.count) }

    private mutating func append(_ value: SQLValue, as type: Oid) throws {
        let start = bytes.count
        let format = try ValueCodec.encode(value, as: type, into: &bytes)
        if bytes.count - start > 1_000_000_000 {
            throw SQLError(.typeMismatch, "a value has more than 1 GB, which PostgreSQL does not take")
        }
        starts.append(format == nil ? -1 : start)
        lengths.append(Int32(clamping: bytes.count - start))
        formats.append(format ?? 0)
        types.append(type)
        // Values in text end with a NUL for libpq.
        if format == 0 {
            if bytes[start...].contains(0) { throw SQLError(.typeMismatch, "PostgreSQL's texts can't contain U+0000") }
            bytes.append(0)
        }
    }

    /// - Parameter body: gets the values, their lengths, their formats and their types.
    func withPointers<R>(
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Oid>?
        ) -> R
    ) -> R {
        if starts.isEmpty { return body(nil, nil, nil, nil) }
        return bytes.withUnsafeBytes { bytes in
            let base = bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }
            return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: starts.count) { pointers in
                for (index, start) in starts.enumerated() {
                    // An empty value is not NULL, even if there are no bytes at all.
                    pointers.initializeElement(at: index, to: start < 0 ? nil : base.map { $0 + start } ?? Self.nothing)
                }
                return body(UnsafePointer(pointers.baseAddress), lengths, formats, types)
            }
        }
    }

    private static var nothing: UnsafePointer<CChar>? { UnsafePointer(bitPattern: 1) }
}
