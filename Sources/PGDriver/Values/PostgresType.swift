/// The types whose binary form the driver knows, by their numbers in every PostgreSQL database (pg_type.dat).
enum PostgresType: UInt32, CaseIterable {
    case bool = 16
    case bytea = 17
    case char = 18
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case oid = 26
    case json = 114
    case float4 = 700
    case float8 = 701
    case unknown = 705
    case bpchar = 1042
    case varchar = 1043
    case date = 1082
    case time = 1083
    case timestamp = 1114
    case timestamptz = 1184
    case interval = 1186
    case timetz = 1266
    case numeric = 1700
    case void = 2278
    case uuid = 2950
    case jsonb = 3802

    /// The type of arrays of it; 0: there is none.
    var array: UInt32 {
        switch self {
        case .bool: 1000
        case .bytea: 1001
        case .char: 1002
        case .name: 1003
        case .int8: 1016
        case .int2: 1005
        case .int4: 1007
        case .text: 1009
        case .oid: 1028
        case .json: 199
        case .float4: 1021
        case .float8: 1022
        case .bpchar: 1014
        case .varchar: 1015
        case .date: 1182
        case .time: 1183
        case .timestamp: 1115
        case .timestamptz: 1185
        case .interval: 1187
        case .timetz: 1270
        case .numeric: 1231
        case .uuid: 2951
        case .jsonb: 3807
        case .unknown, .void: 0
        }
    }

    /// - Returns: nil if it is no array of a type that is known.
    static func element(ofArray type: UInt32) -> PostgresType? { elements[type] }

    private static let elements: [UInt32: PostgresType] = {
        var elements: [UInt32: PostgresType] = [:]
        for type in allCases where type.array != 0 { elements[type.array] = type }
        return elements
    }()

    /// Its bytes are a text as it is.
    var isText: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .char, .unknown: true
        default: false
        }
    }
}
