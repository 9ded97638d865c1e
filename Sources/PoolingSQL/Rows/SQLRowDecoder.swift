/// Reads a `Decodable` from one row: properties by the names of the columns, or a single value from a single column,
/// which is taken as JSON if the type wants more than a single value.
struct SQLRowDecoder: Decoder {
    let row: SQLRow
    /// The column of a single value; nil for the whole row.
    var position: Int?
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        if position != nil { throw Structured() }
        return KeyedDecodingContainer(Keyed(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        if position != nil { throw Structured() }
        throw flat()
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard position != nil || row.count == 1 else { throw flat() }
        return Single(decoder: self, position: position ?? 0)
    }

    func flat() -> SQLError {
        SQLError(
            .typeMismatch,
            "a row holds a value for each name and can't be read as a list, as a single value or with levels inside; "
                + "read a nested type from the JSON of its column")
    }

    /// A type asks a single column for keys or elements: it is to be read from JSON. The type itself can't be asked
    /// before, only tried.
    private struct Structured: Error {}

    /// One column: by the type's own conversion, or as a single value, or from JSON.
    func value<T: Decodable>(_ type: T.Type, at position: Int, path: [any CodingKey]) throws -> T {
        if let direct = type as? any SQLDecodable.Type {
            guard let cell = row[position] else { throw row.missing(position) }
            if let value = direct.init(sqlValue: cell) as? T { return value }
            throw row.mismatch(position, type)
        }
        do {
            return try T(from: SQLRowDecoder(row: row, position: position, codingPath: path))
        } catch is Structured {
            return try row.decode(json: position, as: type)
        } catch is DecodingError {
            // Its text may quote the value, as that of an enum without such a case does.
            throw row.mismatch(position, type)
        }
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
