package import PoolingCore

/// A URL or a list of keywords, taken apart: names and values in their order, still without a meaning.
///
/// Errors name the part at fault by what it is and where it stands, and never by its text: what stands in the wrong place
/// may be a password (F63).
package struct ConnectionString {
    package struct Option {
        package var name: String
        package var value: String
        /// What an error calls it: `the 2nd option`.
        package var place: String
    }

    package var hosts: [(name: String, port: String?)] = []
    package var user: String?
    package var password: String?
    package var database: String?
    package var options: [Option] = []

    package static func mistake(_ place: String, _ what: String, _ rule: String) -> PoolConfigurationError {
        PoolConfigurationError(field: place, value: what, rule: rule)
    }

    package static func ordinal(_ number: Int) -> String {
        switch number {
        case 1: "1st"
        case 2: "2nd"
        case 3: "3rd"
        default: "\(number)th"
        }
    }

    /// One of the values of an option.
    package static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: String
    ) throws(PoolConfigurationError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw mistake(name, "none of its values", "must be one of \(choices)")
    }

    /// A duration as `250ms` or `5s`.
    package static func duration(
        _ name: String, _ value: String, bareUnit: Duration = .milliseconds(1)
    ) throws(PoolConfigurationError) -> Duration {
        for (suffix, unit) in [("ms", Duration.milliseconds(1)), ("s", .seconds(1)), ("", bareUnit)] {
            guard value.hasSuffix(suffix), let count = Int32(value.dropLast(suffix.count)), count >= 0 else { continue }
            return unit * Int(count)
        }
        throw mistake(name, "no duration", "must be as 250ms or 5s")
    }
}

// MARK: - scheme://user:password@host:port,host:port/database?name=value&name=value

extension ConnectionString {
    /// - Parameters:
    ///   - schemes: of which the URL has one, in lower case.
    ///   - backend: what an error calls the database.
    package init(url: String, schemes: [String], of backend: String) throws(PoolConfigurationError) {
        let lower = url.prefix(16).lowercased()
        guard let scheme = schemes.first(where: { lower.hasPrefix("\($0)://") }) else {
            let all = schemes.map { "\($0)://" }.joined(separator: " or ")
            throw Self.mistake("the URL's scheme", "another one", "a \(backend) URL begins with \(all)")
        }
        let rest = url.dropFirst(scheme.count + 3)
        let query = rest.firstIndex(of: "?")
        let beforeQuery = rest[..<(query ?? rest.endIndex)]
        let slash = beforeQuery.firstIndex(of: "/")
        try read(authority: beforeQuery[..<(slash ?? beforeQuery.endIndex)])
        if let slash {
            let name = try Self.decoded(beforeQuery[beforeQuery.index(after: slash)...], "the URL's database")
            if !name.isEmpty { database = name }
        }
        if let query { try read(query: rest[rest.index(after: query)...]) }
    }

    private mutating func read(authority: Substring) throws(PoolConfigurationError) {
        var places = authority
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at]
            places = authority[authority.index(after: at)...]
            let colon = login.firstIndex(of: ":")
            let name = try Self.decoded(login[..<(colon ?? login.endIndex)], "the URL's user")
            if !name.isEmpty { user = name }
            if let colon { password = try Self.decoded(login[login.index(after: colon)...], "the URL's password") }
        }
        if places.isEmpty { return }
        for (index, place) in places.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            hosts.append(try Self.host(place, Self.ordinal(index + 1)))
        }
    }

    private static func host(
        _ text: Substring, _ number: String
    ) throws(PoolConfigurationError) -> (name: String, port: String?) {
        let place = "the URL's \(number) host"
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw mistake(place, "begun with [", "an IPv6 address must end with ]")
            }
            let name = try decoded(text[text.index(after: text.startIndex)..<end], place)
            let after = text[text.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw mistake(place, "followed by something", "after ] there may only be a colon and the port")
            }
            return (name, after.isEmpty ? nil : String(after.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw mistake(place, "written with several colons", "an IPv6 address must stand in [brackets]")
        }
        return (try decoded(parts[0], place), parts.count == 2 ? try decoded(parts[1], place) : nil)
    }

    private mutating func read(query: Substring) throws(PoolConfigurationError) {
        if query.isEmpty { return }
        for (index, text) in query.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            let place = "the URL's \(Self.ordinal(index + 1)) option"
            guard let sign = text.firstIndex(of: "=") else {
                throw Self.mistake(place, "written without =", "must be as in name=value; a & in a value is %26")
            }
            options.append(
                Option(
                    name: try Self.decoded(text[..<sign], place),
                    value: try Self.decoded(text[text.index(after: sign)...], place), place: place))
        }
    }

    private static func decoded(_ text: Substring, _ place: String) throws(PoolConfigurationError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                throw mistake(place, "wrongly escaped", "each % must be followed by two hex digits; a % itself is %25")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0) else { throw mistake(place, "a text with %00", "must be without U+0000") }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw mistake(place, "wrongly encoded", "must be UTF-8 when its escapes are decoded")
        }
        return result
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

// MARK: - host=localhost user=app password='it\'s'

extension ConnectionString {
    package init(keywords text: String) throws(PoolConfigurationError) {
        var rest = Substring(text)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            if rest.isEmpty { return }
            let place = "the \(Self.ordinal(options.count + 1)) keyword"
            let name = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest.dropFirst(name.count).drop(while: \.isWhitespace)
            guard rest.first == "=", !name.isEmpty else {
                throw Self.mistake(
                    place, "written without =", "must be as in name=value; quote values with blanks: 'a b'")
            }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            let value = try Self.value(&rest, place)
            options.append(Option(name: String(name), value: value, place: place))
        }
    }

    private static func value(_ rest: inout Substring, _ place: String) throws(PoolConfigurationError) -> String {
        var value = ""
        let isQuoted = rest.first == "'"
        if isQuoted { rest.removeFirst() }
        while let character = rest.first {
            if isQuoted ? character == "'" : character.isWhitespace { break }
            rest.removeFirst()
            if character == "\\" {
                // A backslash at the end stands for nothing.
                if let next = rest.popFirst() { value.append(next) }
            } else {
                value.append(character)
            }
        }
        if isQuoted {
            guard rest.popFirst() != nil else { throw mistake(place, "begun with '", "must end with '") }
        }
        guard !value.utf8.contains(0) else { throw mistake(place, "a text with U+0000", "must be without") }
        return value
    }
}
