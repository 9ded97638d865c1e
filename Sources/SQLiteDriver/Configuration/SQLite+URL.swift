public import PoolingCore

extension SQLite {
    /// A driver from a URL: `sqlite:app.db`, `sqlite:/var/lib/app.db` or `sqlite:///var/lib/app.db`, with options such
    /// as `?read_only=true&busy_timeout=2s`.
    ///
    /// Percent escapes are decoded. Options: `read_only`, `create`, `foreign_keys` (true or false), `journal_mode`,
    /// `synchronous`, `execution` (their cases' names), `busy_timeout` (`250ms`, `5s`), `statement_cache`.
    ///
    /// - Throws: `PoolConfigurationError` that names what is wrong: nothing is ignored (F68).
    public init(url: String) throws(PoolConfigurationError) {
        let (address, query) = Self.cut(url, at: "?")
        let (scheme, rest) = Self.cut(address, at: ":")
        guard let rest, Self.schemes.contains(scheme.lowercased()) else {
            throw PoolConfigurationError(
                field: "url", value: url, rule: "an SQLite URL begins with sqlite: as in sqlite:app.db")
        }
        var file = rest
        if rest.hasPrefix("//") {
            file = String(rest.dropFirst(2))
            guard file.hasPrefix("/") else {
                throw PoolConfigurationError(
                    field: "url", value: url,
                    rule: "what follows // is a host, and files have none: write sqlite:app.db or sqlite:///var/app.db")
            }
        }
        self.init(path: try Self.decoded(file, field: "url"))
        for option in (query ?? "").split(separator: "&") {
            let (name, value) = Self.cut(String(option), at: "=")
            try set(option: name, to: Self.decoded(value ?? "", field: name))
        }
    }

    private mutating func set(option name: String, to value: String) throws(PoolConfigurationError) {
        switch name {
        case "read_only": readOnly = try Self.flag(name, value)
        case "create": createIfMissing = try Self.flag(name, value)
        case "foreign_keys": foreignKeys = try Self.flag(name, value)
        case "journal_mode": journalMode = try Self.choice(name, value)
        case "synchronous": synchronous = try Self.choice(name, value)
        case "execution": execution = try Self.choice(name, value)
        case "busy_timeout": busyTimeout = try Self.duration(name, value)
        case "statement_cache":
            guard let capacity = Int(value), capacity > 0 else {
                throw PoolConfigurationError(field: name, value: value, rule: "must be a number of at least 1")
            }
            statementCacheCapacity = capacity
        default:
            throw PoolConfigurationError(
                field: "url option", value: name,
                rule: "SQLite knows only read_only, create, foreign_keys, journal_mode, synchronous, execution, "
                    + "busy_timeout and statement_cache")
        }
    }

    private static func cut(_ text: String, at mark: Character) -> (String, String?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    private static func flag(_ name: String, _ value: String) throws(PoolConfigurationError) -> Bool {
        switch value {
        case "true", "1", "on", "yes": return true
        case "false", "0", "off", "no": return false
        default: throw PoolConfigurationError(field: name, value: value, rule: "must be true or false")
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: String
    ) throws(PoolConfigurationError) -> Choice {
        if let choice = Choice(rawValue: value.lowercased()) { return choice }
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw PoolConfigurationError(field: name, value: value, rule: "must be one of \(choices)")
    }

    private static func duration(_ name: String, _ value: String) throws(PoolConfigurationError) -> Duration {
        if value.hasSuffix("ms"), let count = UInt32(value.dropLast(2)) { return .milliseconds(Int64(count)) }
        if value.hasSuffix("s"), let count = UInt32(value.dropLast(1)) { return .seconds(Int64(count)) }
        throw PoolConfigurationError(field: name, value: value, rule: "must be a duration such as 250ms or 5s")
    }

    private static func decoded(_ text: String, field: String) throws(PoolConfigurationError) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            rest = rest.dropFirst(2)
            guard digits.count == 2, let pair = String(digits), let code = UInt8(pair, radix: 16) else {
                throw PoolConfigurationError(field: field, value: text, rule: "% must be followed by two hex digits")
            }
            bytes.append(code)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw PoolConfigurationError(field: field, value: text, rule: "must be UTF-8 when its escapes are decoded")
        }
        return result
    }
}
