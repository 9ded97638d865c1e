/// Numbers, flags and choices as they stand in files, variables and URLs.
enum ScalarNotation {
    /// What stands for "none" in fields that may have no value.
    static let none: Set<String> = ["none", "never", "null", "~"]

    static func isNone(_ text: String) -> Bool { none.contains(text.lowercased()) }

    static func wholeNumber(_ text: String) throws(NotationMistake) -> Int {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
            throw NotationMistake("is no whole number; write one, such as 10")
        }
        guard let number = Int(text) else { throw NotationMistake("is too large a number") }
        return number
    }

    static func number(_ text: String) throws(NotationMistake) -> Double {
        // No hexadecimal ones, no "nan", no "infinity".
        guard text.allSatisfy({ ("0"..."9").contains($0) || ".-+eE".contains($0) }), let number = Double(text),
            number.isFinite
        else { throw NotationMistake("is no number; write one, such as 0.1") }
        return number
    }

    static func flag(_ text: String) throws(NotationMistake) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw NotationMistake("is neither true nor false")
        }
    }

    static func choice<Value>(_ text: String, of choices: [(String, Value)]) throws(NotationMistake) -> Value {
        if let choice = choices.first(where: { $0.0 == text }) { return choice.1 }
        let names = choices.map(\.0)
        if let near = Spelling.nearest(to: text, among: names) {
            throw NotationMistake("is none of its values; did you mean \(near)?")
        }
        throw NotationMistake("is none of its values, which are \(names.joined(separator: ", "))")
    }
}
