/// A text in memory that stays where it is: the library reads a long one piece by piece, between waits.
final class CText {
    let start: UnsafeMutablePointer<CChar>
    let count: UInt

    init(_ text: String) {
        let length = text.utf8.count
        start = .allocate(capacity: length + 1)
        count = UInt(length)
        var place = start
        for byte in text.utf8 {
            place.initialize(to: CChar(bitPattern: byte))
            place += 1
        }
        place.initialize(to: 0)
    }

    deinit { start.deallocate() }
}
