extension Redis {
    /// `redis://[user:]password@host:port/database`, where a password always stands behind a colon (`redis://:password@host`),
    /// or `redis+unix://[user]:password@/path?db=1`. What would end a part stands as `%40` and the like.
    ///
    /// - Throws: ``RedisError`` of kind `.misuse`. It repeats nothing of the URL, in which a password may stand anywhere.
    public init(url: String) throws(RedisError) {
        let form = "write redis://:password@host:port/database"
        guard let colon = url.firstRange(of: "://") else { throw RedisError(.misuse, "the URL has no scheme; \(form)") }
        let scheme = url[..<colon.lowerBound].lowercased()
        var rest = url[colon.upperBound...]
        var login: (user: String?, password: RedisPassword)?
        if let at = rest.lastIndex(of: "@") {
            login = try Self.login(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        switch scheme {
        case "redis":
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard !rest.contains("?") else {
                throw RedisError(.misuse, "the URL has options, and redis:// has none; \(form)")
            }
            guard let authority = parts.first else { throw RedisError(.misuse, "the URL names no host; \(form)") }
            let place = try Self.host(authority)
            try self.init(place, database: Self.database(parts.count > 1 ? parts[1] : ""))
        case "redis+unix":
            let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard rest.hasPrefix("/"), let path = parts.first.flatMap(Self.decoded) else {
                throw RedisError(.misuse, "the URL has no path; write redis+unix:///path/to/socket?db=0")
            }
            let option = parts.count > 1 ? parts[1] : "db="
            guard option.hasPrefix("db=") else {
                throw RedisError(.misuse, "the URL has an option that is not known; there is only ?db=0")
            }
            try self.init(.unix(path: path), database: Self.database(option.dropFirst(3)))
        case "rediss":
            throw RedisError(.misuse, "rediss:// asks for encryption, which this driver does not have; use a tunnel")
        default: throw RedisError(.misuse, "the URL's scheme is not Redis'; \(form)")
        }
        if let login { (user, password) = (login.user, login.password) }
    }

    private static func login(_ text: Substring) throws(RedisError) -> (user: String?, password: RedisPassword) {
        guard let colon = text.firstIndex(of: ":") else {
            throw RedisError(.misuse, "in the URL a password stands behind a colon: redis://:password@host")
        }
        guard let user = decoded(text[..<colon]), let password = decoded(text[text.index(after: colon)...]) else {
            throw RedisError(.misuse, "the URL's user or password has a % that is none; write %25 for it")
        }
        guard !password.isEmpty else {
            throw RedisError(.misuse, "the URL's password is empty; leave out the part up to @")
        }
        return (user.isEmpty ? nil : user, RedisPassword(password))
    }

    private static func host(_ text: Substring) throws(RedisError) -> Place {
        var host = text
        var port = 6379
        // The colons of an IPv6 address stand in brackets.
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = Int(text[text.index(after: colon)...]), 1...65535 ~= number else {
                throw RedisError(.misuse, "the URL's port is no number from 1 to 65535")
            }
            (host, port) = (text[..<colon], number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let name = decoded(host), !name.isEmpty, !name.utf8.contains(0) else {
            throw RedisError(.misuse, "the URL names no host; write redis://host:port/database")
        }
        return .tcp(host: name, port: port)
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        if text.isEmpty { return 0 }
        guard let number = Int(text), number >= 0 else {
            throw RedisError(.misuse, "the URL's database is no number from 0 up")
        }
        return number
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let pair = String(rest.prefix(2)), pair.utf8.count == 2, let code = UInt8(pair, radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
