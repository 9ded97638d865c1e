/// A URL that may carry a password, and the only form of it that may be shown.
struct TargetURL: Sendable {
    let text: String
    /// The text with passwords replaced.
    let shown: String
    private let secrets: [String]

    init(_ text: String) {
        self.text = text
        var shown = text
        var secrets: [String] = []
        if let authority = Self.authority(of: text), let at = authority.lastIndex(of: "@"),
            let colon = authority[..<at].firstIndex(of: ":")
        {
            let secret = authority[authority.index(after: colon)..<at]
            secrets.append(String(secret))
            shown = text[..<secret.startIndex] + "***" + text[secret.endIndex...]
        }
        if let question = shown.firstIndex(of: "?") {
            let options = shown[shown.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
            let hidden = options.map { option -> String in
                let name = option.prefix { $0 != "=" }
                let lower = name.lowercased()
                guard name.endIndex < option.endIndex,
                    ["password", "pass", "pwd", "secret"].contains(where: lower.contains)
                else { return String(option) }
                secrets.append(String(option[option.index(after: name.endIndex)...]))
                return "\(name)=***"
            }
            shown = shown[...question] + hidden.joined(separator: "&")
        }
        self.shown = shown
        self.secrets = secrets.filter { !$0.isEmpty }
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

    private static func authority(of url: String) -> Substring? {
        guard let slashes = url.firstRange(of: "://") else { return nil }
        let rest = url[slashes.upperBound...]
        // A password with an unescaped slash still is one.
        guard let at = rest.lastIndex(of: "@"), !rest[..<at].contains("?") else {
            return rest.prefix { $0 != "/" && $0 != "?" }
        }
        return rest[...at]
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
