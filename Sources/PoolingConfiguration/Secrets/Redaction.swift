/// Keeps what a URL and a password say out of what somebody else's code says about them (F63).
struct Redaction {
    /// Every piece of the URL that a person would recognise, but its scheme.
    private let pieces: [String]
    /// Those that may be a password.
    private let secrets: [String]

    init(url: String, password: String?) {
        let marks: Set<Character> = ["/", ":", "@", "?", "&", "=", ",", ";", "#", " ", "\t"]
        let address = url.firstIndex(of: ":").map { url[url.index(after: $0)...] } ?? url[...]
        var pieces = address.split(whereSeparator: marks.contains).map(String.init)
        // What stands before the last @ names a user and his password, however it is written; options have keys and tokens.
        let login = address.lastIndex(of: "@").map { address[..<$0] } ?? ""
        let options = address.firstIndex(of: "?").map { address[$0...] } ?? ""
        var secrets = (login.split(whereSeparator: marks.contains) + options.split(whereSeparator: marks.contains))
            .map(String.init)
        let whole = login.drop { $0 == "/" }
        secrets.append(String(whole.firstIndex(of: ":").map { whole[whole.index(after: $0)...] } ?? ""))
        // Without a login and options it names a place, and nothing else.
        if !secrets.allSatisfy(\.isEmpty) { secrets += [url, String(address)] }
        pieces += [url, String(address)]
        if let password { secrets.append(password) }
        pieces += secrets
        self.pieces = Self.forms(of: pieces)
        self.secrets = Self.forms(of: secrets)
    }

    /// As written and decoded; the longest first. Shorter ones are found in the midst of words, where they tell nothing.
    private static func forms(of texts: [String]) -> [String] {
        Set((texts + texts.compactMap { PercentEncoding.decode($0) }).filter { $0.utf8.count > 3 })
            .sorted { ($0.utf8.count, $1) > ($1.utf8.count, $0) }
    }

    /// Whether nothing of the URL is in it, nor it in the URL.
    func isHarmless(_ text: String) -> Bool {
        let bare = text.filter { $0 != "'" && $0 != "\"" }
        return !pieces.contains { bare.contains($0) || bare.utf8.count > 2 && $0.contains(bare) }
    }

    /// For texts by those who know not to repeat a URL.
    func withoutSecrets(_ text: String) -> String { Self.replace(secrets, in: text) }

    /// For texts by anybody.
    func withoutPieces(_ text: String) -> String { Self.replace(pieces, in: text) }

    private static func replace(_ words: [String], in text: String) -> String {
        words.reduce(text) { $0.contains($1) ? $0.replacing($1, with: "***") : $0 }
    }
}
