extension SQLRow {
    /// The value that the column at `position`, counted from 0, holds as JSON. NULL is read as JSON's `null`.
    /// - Throws: ``SQLError`` of kind `.noSuchColumn`, or `.typeMismatch` with the place in the JSON that does not fit
    ///   but no value of it; and what the type's own `init(from:)` throws.
    /// - Complexity: O(n) in the length of the text.
    public func decode<T: Decodable>(json position: Int, as type: T.Type = T.self) throws -> T {
        switch self[position] {
        case nil: throw missing(position)
        case .json(let text), .text(let text):
            return try JSONNotation.value(type, from: text, subject: holding(position))
        case .null: return try JSONNotation.value(type, from: "null", subject: holding(position))
        default: throw mismatch(position, type)
        }
    }

    /// The value that the column called `name` holds as JSON: `try row.decode(json: "settings", as: Settings.self)`.
    /// - Throws: as ``decode(json:as:)-(Int,_)``.
    /// - Complexity: O(n) in the length of the text.
    public func decode<T: Decodable>(json name: String, as type: T.Type = T.self) throws -> T {
        guard let position = columns.position(of: name) else { throw missing(name) }
        return try decode(json: position, as: type)
    }
}
