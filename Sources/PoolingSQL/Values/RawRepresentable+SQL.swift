// For enums and other types with a raw value: `enum Status: String, SQLEncodable, SQLDecodable { … }`.

extension SQLEncodable where Self: RawRepresentable, RawValue: SQLEncodable {
    @inlinable public var sqlValue: SQLValue { rawValue.sqlValue }
}

extension SQLDecodable where Self: RawRepresentable, RawValue: SQLDecodable {
    /// - Returns: nil also if no case has the raw value.
    @inlinable public init?(sqlValue: SQLValue) {
        guard let rawValue = RawValue(sqlValue: sqlValue) else { return nil }
        self.init(rawValue: rawValue)
    }
}
