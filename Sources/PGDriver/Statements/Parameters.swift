internal import CLibPQ
internal import PoolingSQL

/// The values of one statement as libpq wants them, in memory that the connection keeps for the next one.
///
/// Touched by whoever holds the connection.
struct Parameters {
    /// One value after the other; those in text end with a NUL.
    private var bytes: [UInt8] = []

    /// What is kept at most: a large value must not stay in memory.
    private static var spareBytes: Int { 16 << 10 }

    /// The values in the places that libpq reads them from.
    struct Places {
        var values: UnsafePointer<UnsafePointer<CChar>?>?
        var lengths: UnsafePointer<Int32>?
        var formats: UnsafePointer<Int32>?
    }

    /// - Parameters:
    ///   - types: what the values are sent as, one for each.
    ///   - body: gets the places, which are gone when it returns.
    mutating func withPlaces<R>(
        of query: SQLQuery, as types: [Oid], _ body: (Places) throws -> R
    ) throws -> R {
        if types.isEmpty { return try body(Places()) }
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.spareBytes)
        return try withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * types.count) { numbers in
            numbers.initialize(repeating: 0)
            try types.withUnsafeBufferPointer { try encode(query, as: $0, into: numbers) }
            return try withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: types.count) { values in
                try bytes.withUnsafeBytes { bytes in
                    Self.locate(values, numbers, in: bytes.baseAddress)
                    let first = numbers.baseAddress.map { UnsafePointer($0) }
                    return try body(
                        Places(
                            values: values.baseAddress.map { UnsafePointer($0) }, lengths: first,
                            formats: first.map { $0 + types.count }))
                }
            }
        }
    }

    /// - Parameter numbers: gets the lengths, -1 for NULL, then the formats.
    private mutating func encode(
        _ query: SQLQuery, as types: UnsafeBufferPointer<Oid>, into numbers: UnsafeMutableBufferPointer<Int32>
    ) throws {
        var index = 0
        for segment in query.segments {
            switch segment {
            case .bind(let value), .placed(let value):
                // `1 / 2` is another statement than `1.0 / 2`: it is prepared again, as for values that don't fit.
                if ValueCodec.isOtherNumber(value, than: types[index]) {
                    throw SQLError(
                        .typeMismatch, "a value of kind \(value.kindName) is not the number that the statement has here"
                    )
                }
                let start = bytes.count
                let format = try ValueCodec.encode(value, as: types[index], into: &bytes)
                if bytes.count - start > 1_000_000_000 {
                    throw SQLError(.typeMismatch, "a value has more than 1 GB, which PostgreSQL does not take")
                }
                numbers[index] = format == nil ? -1 : Int32(clamping: bytes.count - start)
                numbers[types.count + index] = format ?? 0
                if format == 0 {
                    if bytes[start...].contains(0) {
                        throw SQLError(.typeMismatch, "PostgreSQL's texts can't contain U+0000")
                    }
                    bytes.append(0)
                }
                index += 1
            case .literal, .identifier, .text: break
            }
        }
    }

    /// Where the values stand, now that nothing moves any more.
    private static func locate(
        _ values: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>, _ numbers: UnsafeMutableBufferPointer<Int32>,
        in bytes: UnsafeRawPointer?
    ) {
        // An empty value is not NULL, even if there are no bytes at all.
        var place = bytes.map { $0.assumingMemoryBound(to: CChar.self) } ?? UnsafePointer(bitPattern: 1)
        for index in values.indices {
            let length = numbers[index]
            values.initializeElement(at: index, to: length < 0 ? nil : place)
            numbers[index] = max(length, 0)
            let isText = length >= 0 && numbers[values.count + index] == 0
            place = place.map { $0 + Int(numbers[index]) + (isText ? 1 : 0) }
        }
    }
}

extension SQLQuery {
    /// The types that its values are declared to have, one for each; 0: none.
    var declaredTypes: [Oid] {
        segments.compactMap { segment in
            switch segment {
            case .bind(let value), .placed(let value): ValueCodec.declaredType(of: value)
            case .literal, .identifier, .text: nil
            }
        }
    }

    var bindCount: Int {
        var count = 0
        for segment in segments {
            switch segment {
            case .bind, .placed: count += 1
            case .literal, .identifier, .text: break
            }
        }
        return count
    }
}
