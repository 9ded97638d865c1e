/// Everything that is wrong with a file of pools and with the environment over it.
///
/// A sentence for each, with the file, the line and column, and the key. No value is repeated that was written where a
/// password may stand, and no word that is like no known one (F63).
public struct PoolFileError: Error, Sendable, Hashable {
    public struct Mistake: Sendable, Hashable {
        /// As it was given.
        public let file: String
        /// From 1; nil where it is not about a place in the file.
        public let line: Int?
        /// From 1, in characters.
        public let column: Int?
        /// What is wrong, to what, and what to do.
        public let message: String
    }

    /// In the order of the file; those without a line come last.
    public let mistakes: [Mistake]

    static let mostShown = 50
}

extension PoolFileError.Mistake: CustomStringConvertible {
    public var description: String {
        guard let line else { return "\(file): \(message)" }
        return "\(file):\(line):\(column ?? 1): \(message)"
    }
}

extension PoolFileError: CustomStringConvertible {
    /// A line for each, up to fifty.
    public var description: String {
        var lines = mistakes.prefix(Self.mostShown).map(\.description)
        if mistakes.count > lines.count { lines.append("and \(mistakes.count - lines.count) more") }
        return lines.joined(separator: "\n")
    }
}
