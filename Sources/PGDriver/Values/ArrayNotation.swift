/// Arrays between their binary form and the text that the server makes of them: `{1,2,NULL,"a b"}`.
enum ArrayNotation {
    /// More dimensions no array has.
    private static let mostDimensions = 6

    private struct Dimension {
        var count: Int
        var lowerBound: Int
    }

    /// - Returns: nil if the bytes are no array of such elements.
    static func text(_ bytes: UnsafeRawBufferPointer, of element: PostgresType) -> String? {
        var reader = ByteReader(bytes)
        guard let dimensionCount: Int32 = reader.integer(), (0...mostDimensions).contains(Int(dimensionCount)),
            let _: Int32 = reader.integer(), let type: UInt32 = reader.integer(), type == element.rawValue
        else { return nil }
        var dimensions: [Dimension] = []
        var total = 1
        for _ in 0..<dimensionCount {
            guard let count: Int32 = reader.integer(), count >= 0, let lowerBound: Int32 = reader.integer() else {
                return nil
            }
            dimensions.append(Dimension(count: Int(count), lowerBound: Int(lowerBound)))
            let (product, isTooLarge) = total.multipliedReportingOverflow(by: Int(count))
            guard !isTooLarge else { return nil }
            total = product
        }
        // Each has its length before it: no more room is asked for than there are bytes.
        guard !dimensions.isEmpty, total > 0 else { return reader.isAtEnd ? "{}" : nil }
        guard total <= reader.remaining / 4 else { return nil }
        var text = ""
        if dimensions.contains(where: { $0.lowerBound != 1 }) {
            for dimension in dimensions {
                text += "[\(dimension.lowerBound):\(dimension.lowerBound + dimension.count - 1)]"
            }
            text += "="
        }
        guard append(dimensions[...], element, from: &reader, to: &text), reader.isAtEnd else { return nil }
        return text
    }

    private static func append(
        _ dimensions: ArraySlice<Dimension>, _ element: PostgresType, from reader: inout ByteReader,
        to text: inout String
    ) -> Bool {
        guard let dimension = dimensions.first else { return append(element, from: &reader, to: &text) }
        text += "{"
        for index in 0..<dimension.count {
            if index > 0 { text += "," }
            guard append(dimensions.dropFirst(), element, from: &reader, to: &text) else { return false }
        }
        text += "}"
        return true
    }

    private static func append(_ element: PostgresType, from reader: inout ByteReader, to text: inout String) -> Bool {
        guard let length: Int32 = reader.integer() else { return false }
        if length == -1 {
            text += "NULL"
            return true
        }
        guard let bytes = reader.take(Int(length)), let value = BinaryNotation.text(bytes, element) else {
            return false
        }
        text += quoted(value)
        return true
    }

    /// By the server's rule.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.uppercased() != "NULL"
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","),
                    9...13, 32:
                    false
                default: true
                }
            }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted.unicodeScalars.append("\\") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// The texts of the elements, nil for NULL; those of an inner array are arrays in this notation, too.
    /// - Returns: nil if it is no such notation.
    static func elements(_ text: String) -> [String?]? {
        var rest = text.unicodeScalars[...]
        if rest.first == "[" {
            guard let sign = rest.firstIndex(of: "=") else { return nil }
            rest = rest[rest.index(after: sign)...]
        }
        guard rest.popFirst() == "{", rest.popLast() == "}" else { return nil }
        if rest.isEmpty { return [] }
        var elements: [String?] = []
        while true {
            guard let element = element(&rest) else { return nil }
            elements.append(element)
            if rest.isEmpty { return elements }
            guard rest.popFirst() == "," else { return nil }
        }
    }

    private static func element(_ rest: inout Substring.UnicodeScalarView) -> String?? {
        var text = String.UnicodeScalarView()
        if rest.first == "\"" {
            rest.removeFirst()
            while let scalar = rest.popFirst() {
                if scalar == "\"" { return .some(String(text)) }
                guard let kept = scalar == "\\" ? rest.popFirst() : scalar else { return nil }
                text.append(kept)
            }
            return nil
        }
        var depth = 0
        var isQuoted = false
        while let scalar = rest.first {
            if depth == 0, scalar == "," { break }
            rest.removeFirst()
            text.append(scalar)
            if scalar == "\\" {
                guard let next = rest.popFirst() else { return nil }
                text.append(next)
            } else if scalar == "\"" {
                isQuoted.toggle()
            } else if !isQuoted {
                if scalar == "{" { depth += 1 }
                if scalar == "}" { depth -= 1 }
                guard depth >= 0 else { return nil }
            }
        }
        guard depth == 0, !isQuoted, !text.isEmpty else { return nil }
        let string = String(text)
        return .some(string.uppercased() == "NULL" ? String?.none : string)
    }
}
