/// What a statement begins with, past comments and brackets, in small letters.
enum FirstWord {
    static func of(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "(" }
            if rest.hasPrefix("/*"), !rest.hasPrefix("/*!"), !rest.hasPrefix("/*M!") {
                guard let end = rest.firstRange(of: "*/") else { return "" }
                rest = rest[end.upperBound...]
            } else if rest.hasPrefix("#") || rest.hasPrefix("--") {
                guard let end = rest.firstIndex(where: \.isNewline) else { return "" }
                rest = rest[end...]
            } else {
                // What a comment makes the server execute begins with its version.
                return rest.drop { !$0.isLetter }.prefix(while: \.isLetter).lowercased()
            }
        }
    }
}
