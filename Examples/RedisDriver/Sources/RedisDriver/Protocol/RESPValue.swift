/// One reply of a Redis server, as its protocol (RESP 3) types it.
public enum RESPValue: Sendable, Hashable {
    case null
    case string([UInt8])
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    /// Sets, too: the order is the server's.
    case array([RESPValue])
    case map([RESPValue: RESPValue])
    /// What the server says of its own accord, or as the answer to a subscription.
    case push([RESPValue])
    /// One command of several failed; a single one throws it.
    case error(RedisError)

    /// nil unless it is a string.
    public var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }

    /// A string as UTF-8; what is not UTF-8 is replaced.
    public var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// An integer, or a string of digits, as `GET` returns a counter.
    public var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .string: text.flatMap { Int64($0) }
        default: nil
        }
    }

    /// Of an array or a push.
    public var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// A map's value for a key.
    public subscript(key: String) -> RESPValue? {
        if case .map(let pairs) = self { pairs[.string(Array(key.utf8))] } else { nil }
    }
}
