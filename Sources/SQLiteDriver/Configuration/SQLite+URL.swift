public import PoolingCore

extension SQLite: URLDriver {
    /// A driver from a URL: `sqlite:app.db`, `sqlite:/var/lib/app.db` or `sqlite:///var/lib/app.db`, with options such
    /// as `?read_only=true&busy_timeout=2s`. In memory: `sqlite::memory:` for one connection, `sqlite::memory:?name=shared`
    /// for any number.
    ///
    /// Percent escapes are decoded. Options: `read_only`, `create`, `foreign_keys`, `trusted_schema` (true or false),
    /// `journal_mode`, `synchronous`, `execution`, `session_reset`, `temp_store` (their cases' names), `busy_timeout`
    /// (`250ms`, `5s`), `statement_cache`, `wal_autocheckpoint` (numbers), `cache_size`, `mmap_size`, `journal_size_limit` (bytes, or
    /// `8MiB`), `limits=strict` and single limits as in `limit_columns=200`.
    ///
    /// - Throws: `PoolConfigurationError` that names what is wrong: nothing is ignored (F68). A URL of another database may
    ///   have a password in it, and is not repeated (F63).
    public init(url: String) throws(PoolConfigurationError) {
        let (address, query) = Self.cut(url, at: "?")
        let (scheme, rest) = Self.cut(address, at: ":")
        guard let rest, Self.schemes.contains(scheme.lowercased()) else {
            throw PoolConfigurationError(
                field: "url", value: "of another kind", rule: "an SQLite URL begins with sqlite: as in sqlite:app.db")
        }
        var file = rest
        if rest.hasPrefix("//") {
            file = String(rest.dropFirst(2))
            guard file.hasPrefix("/") else {
                throw PoolConfigurationError(
                    field: "url", value: "one with a host",
                    rule: "what follows // is a host, and files have none: write sqlite:app.db or sqlite:///var/app.db")
            }
        }
        self.init(path: try Self.decoded(file, field: "url"))
        for option in (query ?? "").split(separator: "&") {
            let (name, value) = Self.cut(String(option), at: "=")
            try set(option: name, to: Self.decoded(value ?? "", field: name))
        }
    }

    /// ``init(url:)``, for those who make drivers of all kinds alike: a file has no password.
    /// - Throws: as there; also if there is a password.
    public init(url: String, password: PasswordProvider?) throws(PoolConfigurationError) {
        if password != nil {
            throw PoolConfigurationError(
                field: "password", value: "given", rule: "an SQLite database has none: leave it out")
        }
        try self.init(url: url)
    }

    private mutating func set(option name: String, to value: String) throws(PoolConfigurationError) {
        switch name {
        case "name":
            guard case .privateMemory = place, !value.isEmpty else {
                throw PoolConfigurationError(
                    field: name, value: "'\(value)'",
                    rule: "is what an in-memory database is shared by, as in sqlite::memory:?name=shared")
            }
            place = .sharedMemory(.named(value))
        case "journal_mode" where place.memory != nil:
            throw PoolConfigurationError(field: name, value: value, rule: "an in-memory database has its own")
        case "read_only": readOnly = try Self.flag(name, value)
        case "create": createIfMissing = try Self.flag(name, value)
        case "foreign_keys": foreignKeys = try Self.flag(name, value)
        case "journal_mode": journalMode = try Self.choice(name, value)
        case "synchronous": synchronous = try Self.choice(name, value)
        case "execution": execution = try Self.choice(name, value)
        case "session_reset": sessionReset = try Self.choice(name, value)
        case "busy_timeout": busyTimeout = try Self.duration(name, value)
        case "statement_cache":
            guard let capacity = Int(value), capacity > 0 else {
                throw PoolConfigurationError(field: name, value: value, rule: "must be a number of at least 1")
            }
            statementCacheCapacity = capacity
        case "trusted_schema": trustedSchema = try Self.flag(name, value)
        case "temp_store": tempStore = try Self.choice(name, value)
        case "cache_size": cacheSize = try Self.size(name, value)
        case "mmap_size": mmapSize = try Self.size(name, value)
        case "journal_size_limit": journalSizeLimit = try Self.size(name, value)
        case "wal_autocheckpoint": walAutocheckpoint = try Self.number(name, value)
        case "limits":
            guard value == "strict" else {
                throw PoolConfigurationError(
                    field: name, value: value, rule: "must be strict; single ones are set as in limit_columns=200")
            }
            // Whatever the order, what is said of a single one counts.
            limits = limits.completed(by: .strict)
        default:
            if let kind = Limits.kinds.first(where: { $0.option == name }) {
                limits[keyPath: kind.field] = try Self.number(name, value)
                return
            }
            throw PoolConfigurationError(
                field: "url option", value: name,
                rule:
                    "SQLite knows only name, read_only, create, foreign_keys, trusted_schema, journal_mode, synchronous, "
                    + "execution, temp_store, busy_timeout, session_reset, statement_cache, wal_autocheckpoint, "
                    + "cache_size, mmap_size, journal_size_limit, limits, "
                    + Limits.kinds.map(\.option).joined(separator: ", "))
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

    private static func number(_ name: String, _ value: String) throws(PoolConfigurationError) -> Int {
        if let number = Int32(value), number >= 0 { return Int(number) }
        throw PoolConfigurationError(field: name, value: value, rule: "must be a whole number from 0 to \(Int32.max)")
    }

    private static func size(_ name: String, _ value: String) throws(PoolConfigurationError) -> Int {
        var (digits, unit) = (value[...], 1)
        for (suffix, factor) in [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)] where value.hasSuffix(suffix) {
            (digits, unit) = (value.dropLast(3), factor)
        }
        if let count = Int(digits), count >= 0 {
            let (size, isTooMuch) = count.multipliedReportingOverflow(by: unit)
            if !isTooMuch { return size }
        }
        throw PoolConfigurationError(
            field: name, value: value, rule: "must be a number of bytes such as 8388608, 8192KiB, 8MiB or 1GiB")
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
