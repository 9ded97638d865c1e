/// Small damages to bytes and larger ones to the shape of a text.
enum Mutation {
    static func mutate(_ text: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var text = text
        for _ in 0...dice.below(6) {
            switch dice.below(13) {
            case 0:
                damage(&text, &dice) { bytes, place, dice in bytes[place] = UInt8.random(in: 0...255, using: &dice) }
            case 1: damage(&text, &dice) { bytes, place, dice in bytes[place] ^= 1 << UInt8(dice.below(7)) }
            case 2: damage(&text, &dice) { bytes, place, _ in bytes.remove(at: place) }
            case 3:
                damage(&text, &dice) { bytes, place, dice in
                    bytes.removeSubrange(place..<min(bytes.count, place + 1 + dice.below(40)))
                }
            case 4:
                damage(&text, &dice) { bytes, place, dice in
                    bytes.insert(contentsOf: Array(dice.pick(Seeds.words).utf8), at: place)
                }
            case 5:
                damage(&text, &dice) { bytes, place, dice in
                    let part = Array(bytes[place..<min(bytes.count, place + 1 + dice.below(60))])
                    bytes.insert(contentsOf: part, at: dice.below(bytes.count + 1))
                }
            case 6: if dice.isTrue(oneIn: 4) { text = Array(text.prefix(dice.below(text.count + 1))) }
            case 7: replaceWord(&text, &dice)
            default: lines(&text, &dice)
            }
        }
        return text
    }

    private static func damage(
        _ text: inout [UInt8], _ dice: inout Dice, _ body: (inout [UInt8], Int, inout Dice) -> Void
    ) {
        if !text.isEmpty { body(&text, dice.below(text.count), &dice) }
    }

    /// What stands between two signs becomes something else.
    private static func replaceWord(_ text: inout [UInt8], _ dice: inout Dice) {
        let isSign: (UInt8) -> Bool = { byte in " \n\t:,{}[]\"'@/?&=".utf8.contains(byte) }
        guard !text.isEmpty else { return }
        let place = dice.below(text.count)
        let start = text[..<place].lastIndex(where: isSign).map { $0 + 1 } ?? 0
        let end = text[place...].firstIndex(where: isSign) ?? text.count
        text.replaceSubrange(min(start, end)..<end, with: Array(dice.pick(Seeds.words).utf8))
    }

    private static func lines(_ text: inout [UInt8], _ dice: inout Dice) {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        let place = dice.below(lines.count), other = dice.below(lines.count)
        switch dice.below(7) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[place], at: other)
        case 2: lines.swapAt(place, other)
        case 3: lines[place].insert(contentsOf: [UInt8](repeating: 32, count: 1 + dice.below(4)), at: 0)
        case 4: lines[place] = Array(lines[place].drop { $0 == 32 })
        case 5: lines[place] += lines[other]
        default:
            // A value becomes the key, and the key its value.
            if let colon = lines[place].firstIndex(of: UInt8(ascii: ":")) {
                let key = lines[place][..<colon].drop { $0 == 32 }
                lines[place] = Array(lines[place][(colon + 1)...]) + Array(": ".utf8) + Array(key)
            }
        }
        text = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
