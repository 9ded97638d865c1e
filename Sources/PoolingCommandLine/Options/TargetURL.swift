/// A URL that may carry a password, and the only form of it that may be shown.
///
/// What is typed may not be a URL at all, or have its password in the wrong place: whatever stands between the first colon
/// behind the scheme and the last `@` is hidden, be it a password or not.
struct TargetURL: Sendable {
    var text: String
    /// The text with passwords replaced.
    let shown: String
    /// The longest first, since one may be a part of another.
    private let secrets: [String]

    /// - Parameters:
    ///   - loneUserIsPassword: whether what stands alone before the `@` is hidden.
    ///   - password: one that stands beside it.
    init(_ text: String, loneUserIsPassword: Bool = false, besides password: String? = nil) {
        self.text = text
        var secrets = [password].compactMap(\.self)
        // What has no scheme may be a list of keywords that has a colon somewhere.
        if let scheme = text.firstIndex(of: ":"), Self.isScheme(text[..<scheme]) || text[scheme...].contains("@") {
            let rest = text[text.index(after: scheme)...]
            shown = text[...scheme] + Self.shown(authority: rest, loneUserIsPassword, &secrets)
        } else {
            // Whatever that is, it is no URL. A word is shown, so that it can be found; a list of keywords is not.
            let isWord = text.allSatisfy { $0.isLetter || $0.isNumber || "._-/".contains($0) }
            shown = isWord ? text : "***"
            if !isWord { secrets.append(text) }
        }
        self.secrets = secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Whatever an error says, with the passwords of this URL taken out, as written and decoded.
    func redact(_ message: String) -> String {
        var message = message
        for secret in secrets {
            // Shorter ones are found in the midst of words, where they tell nothing.
            for form in [secret, Self.decoded(secret)] where form.utf8.count > 3 {
                message = message.replacing(form, with: "***")
            }
        }
        return message
    }

    private static func shown(authority rest: Substring, _ loneUserIsPassword: Bool, _ secrets: inout [String])
        -> String
    {
        guard let at = rest.lastIndex(of: "@") else { return shown(options: String(rest), &secrets) }
        let start: Substring.Index
        if let colon = rest[..<at].firstIndex(of: ":") {
            start = rest.index(after: colon)
        } else if !rest.hasPrefix("/"), !rest.hasPrefix("file:") {
            // `user:password@host`, where the user was taken for a scheme.
            start = rest.startIndex
        } else if loneUserIsPassword, rest.hasPrefix("//") {
            start = rest.index(rest.startIndex, offsetBy: 2)
        } else {
            return shown(options: String(rest), &secrets)
        }
        let hidden = rest[start..<at]
        secrets.append(String(hidden))
        // A password may end at the first `@`, and what follows be a host and its options.
        if let first = hidden.firstIndex(of: "@") { secrets.append(String(hidden[..<first])) }
        return rest[..<start] + "***" + shown(behind: rest[at...], hidden, &secrets)
    }

    /// What follows the last `@`. That may stand in the midst of the options, which began in what is hidden.
    private static func shown(behind rest: Substring, _ hidden: Substring, _ secrets: inout [String]) -> String {
        guard let question = hidden.firstIndex(of: "?"), !rest.contains("?") else {
            return shown(options: String(rest), &secrets)
        }
        let options = hidden[hidden.index(after: question)...]
        _ = shown(list: options, &secrets)
        // The `@` is part of the last one's value.
        var last = options.split(separator: "&", omittingEmptySubsequences: false).last ?? ""
        let end = rest.firstIndex(of: "&") ?? rest.endIndex
        last = Substring(last + rest[..<end])
        let value = isSecret(last) ? "@***" : String(rest[..<end])
        _ = shown(list: last, &secrets)
        return value + shown(list: rest[end...], &secrets)
    }

    private static func shown(options text: String, _ secrets: inout [String]) -> String {
        guard let question = text.firstIndex(of: "?") else { return text }
        return text[...question] + shown(list: text[text.index(after: question)...], &secrets)
    }

    /// Options, separated by `&`.
    private static func shown(list: Substring, _ secrets: inout [String]) -> String {
        let options = list.split(separator: "&", omittingEmptySubsequences: false)
        let hidden = options.map { option -> String in
            guard isSecret(option) else { return String(option) }
            let name = option.prefix { $0 != "=" }
            secrets.append(String(option[option.index(after: name.endIndex)...]))
            return "\(name)=***"
        }
        return hidden.joined(separator: "&")
    }

    private static func isSecret(_ option: Substring) -> Bool {
        let name = option.prefix { $0 != "=" }
        // Drivers decode names, too.
        let lower = decoded(String(name)).lowercased()
        return name.endIndex < option.endIndex
            && ["password", "pass", "pwd", "secret"].contains(where: lower.contains)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-._".contains($0)) }
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let pair = String(digits),
                let code = UInt8(pair, radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
