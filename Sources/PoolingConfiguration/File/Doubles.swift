/// Keys that stand twice in one mapping, which the parser refuses without saying where the second one is.
enum Doubles {
    /// More are not looked for in one file.
    static let most = 16

    struct Renamed {
        var number: Int
        /// The character that was replaced.
        var first: Character
    }

    /// The character of an area for private use that takes the place of a key's first one.
    private static func standIn(_ number: Int) -> Character {
        Unicode.Scalar(UInt32(0xE000 + number)).map(Character.init) ?? "?"
    }

    /// - Returns: nil if there is no word at this place.
    static func rename(
        in text: String, at position: FilePosition, number: Int
    ) -> (text: String, what: Renamed)? {
        var line = 1
        var index = text.unicodeScalars.startIndex
        while line < position.line {
            guard let end = text.unicodeScalars[index...].firstIndex(where: isNewline) else { return nil }
            index = text.unicodeScalars.index(after: end)
            if text.unicodeScalars[end] == "\r", index < text.unicodeScalars.endIndex,
                text.unicodeScalars[index] == "\n"
            {
                index = text.unicodeScalars.index(after: index)
            }
            line += 1
        }
        guard
            var place = text.unicodeScalars.index(
                index, offsetBy: position.column - 1, limitedBy: text.unicodeScalars.endIndex),
            place < text.unicodeScalars.endIndex
        else { return nil }
        let first = text.unicodeScalars[place]
        if first == "\"" || first == "'" {
            place = text.unicodeScalars.index(after: place)
            guard place < text.unicodeScalars.endIndex else { return nil }
        }
        var scalars = text.unicodeScalars
        let replaced = Character(scalars[place])
        scalars.replaceSubrange(place...place, with: String(standIn(number)).unicodeScalars)
        return (String(scalars), Renamed(number: number, first: replaced))
    }

    private static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }

    /// - Returns: the tree without the second ones.
    static func report(
        in node: FileNode, _ doubles: [FilePosition: Renamed], path: [String], _ mistakes: inout MistakeList
    ) -> FileNode {
        guard case .mapping(var entries) = node else { return node }
        for index in entries.indices.reversed() {
            let renamed = entries[index]
            guard let what = doubles[renamed.keyPosition], let key = renamed.key, key.first == standIn(what.number)
            else { continue }
            // The one that bears the name still, or bears it again.
            let name = String(what.first) + key.dropFirst()
            let twin = entries.indices.first { $0 > index && entries[$0].key == name }
            let position = twin.map { entries[$0].keyPosition } ?? renamed.keyPosition
            let first = "the first one is in line \(renamed.keyPosition.line)"
            if let shown = FileKey.shown(name, in: path), path != ["pools"] || entries[index].value.isMapping {
                mistakes.add("\((path + [shown]).joined(separator: ".")) stands twice; \(first)", at: position)
            } else {
                mistakes.add("a key stands twice in one mapping; \(first)", at: position)
            }
            entries[index].key = name
            if let twin { entries.remove(at: twin) }
        }
        for index in entries.indices {
            let name = entries[index].key.flatMap { FileKey.shown($0, in: path) }
            entries[index].value = report(
                in: entries[index].value, doubles, path: path + [name ?? "…"], &mistakes)
        }
        return .mapping(entries)
    }
}
