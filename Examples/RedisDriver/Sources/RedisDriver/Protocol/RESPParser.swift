/// Takes replies out of what the server has sent, in whatever pieces that comes.
///
/// A length that the server announces reserves nothing: memory grows with the bytes that have arrived, and both are
/// bounded. Nothing is read twice but the line that announces a string which is not complete.
struct RESPParser {
    /// Why what was received is no reply.
    struct Violation: Error {
        var isTooLong = false
        var what: String
    }

    /// An array, a map or the like whose elements are still to come.
    private struct Aggregate {
        let kind: UInt8
        var missing: Int
        var elements: [RESPValue] = []

        /// nil: an attribute, which belongs to nothing that anybody asks for.
        var value: RESPValue? {
            switch kind {
            case UInt8(ascii: "%"):
                var pairs: [RESPValue: RESPValue] = [:]
                for index in stride(from: 0, to: elements.count - 1, by: 2) {
                    pairs[elements[index]] = elements[index + 1]
                }
                return .map(pairs)
            case UInt8(ascii: ">"): return .push(elements)
            case UInt8(ascii: "|"): return nil
            default: return .array(elements)
            }
        }
    }

    private enum Token {
        case value(RESPValue)
        case begin(Aggregate)
    }

    private let maxBytes: Int
    private let maxValues: Int
    private var received: [UInt8] = []
    /// Where the next token begins.
    private var position = 0
    /// No line ends before this.
    private var searched = 0
    private var open: [Aggregate] = []
    private var bytes = 0
    private var values = 0

    static var maxDepth: Int { 32 }
    static var maxLine: Int { 65_536 }

    init(maxBytes: Int, maxValues: Int) { (self.maxBytes, self.maxValues) = (maxBytes, maxValues) }

    /// Nothing was received beyond the replies that were taken.
    var isEmpty: Bool { position == received.count && open.isEmpty }

    mutating func append(_ more: ArraySlice<UInt8>) {
        if position == received.count {
            // What was long is not kept.
            received.removeAll(keepingCapacity: received.capacity <= Self.maxLine)
            (position, searched) = (0, 0)
        } else if position > Self.maxLine, position > received.count / 2 {
            received.removeSubrange(..<position)
            (position, searched) = (0, max(0, searched - position))
        }
        received += more
    }

    /// The next reply; nil: the rest of it has not arrived.
    mutating func next() throws(Violation) -> RESPValue? {
        while let token = try token() {
            var complete: RESPValue?
            switch token {
            case .value(let value): complete = value
            case .begin(let aggregate) where aggregate.missing == 0: complete = aggregate.value
            case .begin(let aggregate):
                if open.count == Self.maxDepth { throw Violation(what: "arrays within arrays without end") }
                open.append(aggregate)
            }
            while let value = complete, let last = open.indices.last {
                open[last].elements.append(value)
                open[last].missing -= 1
                complete = open[last].missing == 0 ? open.removeLast().value : nil
            }
            if let complete {
                (bytes, values) = (0, 0)
                return complete
            }
        }
        return nil
    }

    private mutating func token() throws(Violation) -> Token? {
        guard let line = try line() else { return nil }
        let begin = position
        let kind = received[begin]
        let text = String(decoding: received[(begin + 1)..<line], as: UTF8.self)
        var end = line + 2
        let token: Token
        switch kind {
        case UInt8(ascii: "+"), UInt8(ascii: "("): token = .value(.string(Array(received[(begin + 1)..<line])))
        case UInt8(ascii: "-"): token = .value(.error(RedisError(reply: text)))
        case UInt8(ascii: "_"): token = .value(.null)
        case UInt8(ascii: ":"):
            guard let number = Int64(text) else { throw Violation(what: "an integer that is none") }
            token = .value(.integer(number))
        case UInt8(ascii: ","):
            guard let number = Double(text) else { throw Violation(what: "a number that is none") }
            token = .value(.double(number))
        case UInt8(ascii: "#"):
            guard text == "t" || text == "f" else { throw Violation(what: "neither true nor false") }
            token = .value(.boolean(text == "t"))
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="):
            guard let length = try length(text) else { return pass(to: end, .value(.null)) }
            if length > maxBytes - bytes { throw tooLong("\(length) bytes") }
            guard received.count - end >= length + 2 else { return nil }
            let string = received[end..<(end + length)]
            end += length + 2
            guard received[end - 2] == UInt8(ascii: "\r"), received[end - 1] == UInt8(ascii: "\n") else {
                throw Violation(what: "a string that is longer than it was said to be")
            }
            switch kind {
            case UInt8(ascii: "!"): token = .value(.error(RedisError(reply: String(decoding: string, as: UTF8.self))))
            // Its format comes first: "txt:".
            case UInt8(ascii: "="): token = .value(.string(Array(string.dropFirst(4))))
            default: token = .value(.string(Array(string)))
            }
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "|"):
            guard let count = try length(text) else { return pass(to: end, .value(.null)) }
            let isOfPairs = kind == UInt8(ascii: "%") || kind == UInt8(ascii: "|")
            if count > (maxValues - values) / (isOfPairs ? 2 : 1) { throw tooLong("\(count) values") }
            token = .begin(Aggregate(kind: kind, missing: isOfPairs ? 2 * count : count))
        default: throw Violation(what: "a byte \(kind) where a reply should begin")
        }
        values += 1
        bytes += end - begin
        if values > maxValues { throw tooLong("more than \(maxValues) values") }
        if bytes > maxBytes { throw tooLong("more than \(maxBytes) bytes") }
        return pass(to: end, token)
    }

    private mutating func pass(to end: Int, _ token: Token) -> Token {
        (position, searched) = (end, end)
        return token
    }

    /// Where the line at hand ends; nil: not yet.
    private mutating func line() throws(Violation) -> Int? {
        var index = max(searched, position)
        while index < received.count {
            if received[index] == UInt8(ascii: "\n") {
                guard index > position + 1, received[index - 1] == UInt8(ascii: "\r") else {
                    throw Violation(what: "a line that ends in the midst")
                }
                // It is looked for again if what it announces has not arrived.
                searched = index
                return index - 1
            }
            index += 1
        }
        searched = index
        if received.count - position > Self.maxLine { throw Violation(what: "a line without end") }
        return nil
    }

    /// nil: there is none, which RESP 2 writes as -1.
    private func length(_ text: String) throws(Violation) -> Int? {
        if text == "-1" { return nil }
        // Of twenty digits `Int` makes nothing.
        guard let length = Int(text), length >= 0 else { throw Violation(what: "a length that is none") }
        return length
    }

    private func tooLong(_ what: String) -> Violation { Violation(isTooLong: true, what: what) }
}
