internal import CMariaDB

/// What a column's values become, found out once for all rows of a result.
///
/// | MariaDB | value |
/// |---|---|
/// | `tinyint` … `bigint`, `year`, `bool` | `integer`; `decimal` beyond 2⁶³ − 1 |
/// | `bit` | `integer`; `decimal` beyond 2⁶³ − 1 |
/// | `float`, `double` | `double` |
/// | `decimal` | `decimal`; `text` if it has more digits than `Decimal` holds |
/// | `datetime`, `timestamp` | `timestamp`, in UTC; `text` for the zero date |
/// | `date`, `time` | `text`, as the server writes it |
/// | `binary`, `blob` and their kin, `geometry` | `blob` |
/// | `json`, `uuid` | `json`, `uuid` |
/// | everything else | `text` |
enum ColumnKind: Hashable {
    case tiny(isUnsigned: Bool), short(isUnsigned: Bool), long(isUnsigned: Bool), longLong(isUnsigned: Bool)
    case float, double, decimal, bit, date, dateTime(decimals: Int), time(decimals: Int), text, blob, json, uuid, null

    init(_ field: MYSQL_FIELD) {
        let isUnsigned = field.flags & UInt32(UNSIGNED_FLAG) != 0
        switch field.type {
        case MYSQL_TYPE_TINY: self = .tiny(isUnsigned: isUnsigned)
        case MYSQL_TYPE_SHORT, MYSQL_TYPE_YEAR: self = .short(isUnsigned: isUnsigned)
        case MYSQL_TYPE_LONG, MYSQL_TYPE_INT24: self = .long(isUnsigned: isUnsigned)
        case MYSQL_TYPE_LONGLONG: self = .longLong(isUnsigned: isUnsigned)
        case MYSQL_TYPE_FLOAT: self = .float
        case MYSQL_TYPE_DOUBLE: self = .double
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: self = .decimal
        case MYSQL_TYPE_BIT: self = .bit
        case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE: self = .date
        case MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP: self = .dateTime(decimals: Int(field.decimals))
        case MYSQL_TYPE_TIME: self = .time(decimals: Int(field.decimals))
        case MYSQL_TYPE_NULL: self = .null
        case MYSQL_TYPE_JSON: self = .json
        case MYSQL_TYPE_GEOMETRY: self = .blob
        default: self = Self.text(field)
        }
    }

    /// What the server sends as text, and what MariaDB calls by a name beyond its type.
    private static func text(_ field: MYSQL_FIELD) -> ColumnKind {
        if attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json" { return .json }
        if attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME) == "uuid" { return .uuid }
        // 63 is the character set of what is none.
        return field.charsetnr == 63 ? .blob : .text
    }

    private static func attribute(_ field: MYSQL_FIELD, _ kind: mariadb_field_attr_t) -> String? {
        var name = MARIADB_CONST_STRING()
        let found = withUnsafePointer(to: field) { mariadb_field_attr(&name, $0, kind) == 0 }
        guard found, let start = name.str else { return nil }
        return start.withMemoryRebound(to: UInt8.self, capacity: name.length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: name.length), as: UTF8.self)
        }
    }
}
