/// Anchors (`&name`) that have an alias (`*name`): nine lines with nine aliases each describe a billion values, which merely
/// to compare as keys takes for ever. They are found in the text, since the parser has done it by the time that it says so.
enum Anchors {
    /// - Returns: where the first alias stands whose anchor is there, too. O(length).
    static func find(in text: String) -> FilePosition? {
        var anchors: Set<Substring> = []
        var aliases: [(name: Substring, at: String.Index)] = []
        let bytes = text.utf8
        var before: UInt8 = UInt8(ascii: "\n")
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            // Behind a letter or a digit it is a part of a word, as in ?a=1&b=2.
            if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), !isName(before) || before == UInt8(ascii: "-") {
                let name = Substring(text[next...].utf8.prefix(while: isName))
                if !name.isEmpty {
                    if byte == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.append((name, index)) }
                }
            }
            before = byte
            index = next
        }
        guard let alias = aliases.first(where: { anchors.contains($0.name) }) else { return nil }
        let lines = text[..<alias.at].split(omittingEmptySubsequences: false) { $0.isNewline }
        return FilePosition(line: lines.count, column: (lines.last?.count ?? 0) + 1)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
