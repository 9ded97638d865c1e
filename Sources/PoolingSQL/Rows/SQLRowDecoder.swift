/// Reads a `Decodable` from one row: properties by the names of the columns, or a single value from a single column.
struct SQLRowDecoder: Decoder {
    let row: SQLRow
    /// The column of a single value; nil for the whole row.
    var position: Int?
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard position == nil else { throw flat() }
        return KeyedDecodingContainer(Keyed(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw flat() }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard position != nil || row.count == 1 else { throw flat() }
        return Single(decoder: self, position: position ?? 0)
    }

    func flat() -> DecodingError {
        .dataCorrupted(
            .init(
                codingPath: codingPath, debugDescription: "a row is flat: each column holds one value, nothing nested"))
    }

    /// What the standard types, which need no decoder of their own, are read by.
    func value<T: Decodable>(_ type: T.Type, at position: Int, path: [any CodingKey]) throws -> T {
        if let direct = type as? any SQLDecodable.Type {
            guard let cell = row[position] else { throw row.missing(position) }
            if let value = direct.init(sqlValue: cell) as? T { return value }
            throw row.mismatch(position, type)
        }
        return try T(from: SQLRowDecoder(row: row, position: position, codingPath: path))
    }

    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: SQLRowDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }
        var allKeys: [Key] { decoder.row.columns.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { decoder.row.columns.position(of: key.stringValue) != nil }

        func decodeNil(forKey key: Key) throws -> Bool { decoder.row[try position(of: key)] == .null }

        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            try decoder.value(type, at: position(of: key), path: codingPath + [key])
        }

        func position(of key: Key) throws -> Int {
            guard let position = decoder.row.columns.position(of: key.stringValue) else {
                throw decoder.row.missing(key.stringValue)
            }
            return position
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { throw decoder.flat() }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw decoder.flat() }
        func superDecoder() throws -> any Decoder { decoder }
        func superDecoder(forKey key: Key) throws -> any Decoder { decoder }
    }

    struct Single: SingleValueDecodingContainer {
        let decoder: SQLRowDecoder
        let position: Int
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.row[position] == .null }

        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            try decoder.value(type, at: position, path: codingPath)
        }
    }
}
