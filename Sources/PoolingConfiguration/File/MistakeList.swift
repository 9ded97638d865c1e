/// Collects what is wrong with a file, so that all of it can be said at once.
struct MistakeList {
    let file: String
    private var mistakes: [PoolFileError.Mistake] = []
    private var known: Set<PoolFileError.Mistake> = []

    /// More than anybody reads.
    private static let most = 1000

    init(file: String) { self.file = file }

    var isEmpty: Bool { mistakes.isEmpty }

    /// - Parameter message: not even put together once there are enough: to look for what was meant takes its time.
    mutating func add(_ message: @autoclosure () -> String, at position: FilePosition? = nil) {
        if mistakes.count >= Self.most { return }
        let mistake = PoolFileError.Mistake(
            file: file, line: position?.line, column: position?.column, message: message())
        if known.insert(mistake).inserted { mistakes.append(mistake) }
    }

    /// - Throws: if there are any.
    func check() throws(PoolFileError) {
        if mistakes.isEmpty { return }
        let sorted = mistakes.enumerated().sorted { a, b in
            (a.element.line ?? .max, a.element.column ?? .max, a.offset)
                < (b.element.line ?? .max, b.element.column ?? .max, b.offset)
        }
        throw PoolFileError(mistakes: sorted.map(\.element))
    }
}

/// Where something stands in the file; both from 1.
struct FilePosition: Hashable {
    var line: Int
    var column: Int
}
