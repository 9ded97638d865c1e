/// Which known word somebody may have meant.
package enum Spelling {
    /// The nearest of `words`, if it is near enough for a slip of the finger.
    ///
    /// What is near to none of them is never repeated in an error: it may be a password in the wrong place (F63).
    /// O(words × letters²).
    package static func nearest(to word: String, among words: [String]) -> String? {
        let typed = Array(folded(word))
        guard !typed.isEmpty, typed.count <= 64 else { return nil }
        var best: (distance: Int, word: String)?
        for candidate in words {
            let known = Array(folded(candidate))
            let allowed = min(known.count, typed.count) < 8 ? 1 : 2
            let distance = Self.distance(typed, known)
            if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.word
    }

    /// `acquire_timeout` and `AcquireTimeout` are `acquireTimeout`.
    private static func folded(_ word: String) -> String {
        word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
    }

    /// Insertions, deletions, replacements and swapped neighbours.
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var (last, row) = ([Int](), Array(0...b.count))
        for i in 0..<a.count {
            var next = [i + 1]
            for j in 0..<b.count {
                var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, last[j - 1] + 1) }
                next.append(cost)
            }
            (last, row) = (row, next)
        }
        return row[b.count]
    }
}
