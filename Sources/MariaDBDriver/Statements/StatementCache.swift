internal import PoolingSQL

/// The prepared statements of one connection, as many as `capacity`; the least recently used one goes first.
///
/// Found in three steps, the usual one first: the statement of last time and then all others by the addresses of the
/// query's literals, which costs no rendering; by text only for queries that are made at run time or that were first
/// seen elsewhere in the program.
struct StatementCache {
    /// A query of the program, without values, and its statement. Several queries may have the same text.
    private struct Known {
        let query: SQLQuery
        let statement: PreparedStatement
    }

    let capacity: Int
    private var latest: Known?
    private var byFingerprint: [UInt: Known] = [:]
    private var byText: [String: PreparedStatement] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// The statement for a query whose literals have been seen before.
    @inline(__always) mutating func statement(for query: SQLQuery) -> PreparedStatement? {
        if let latest, query.hasSameLiterals(as: latest.query) { return latest.statement }
        return lookUp(query)
    }

    private mutating func lookUp(_ query: SQLQuery) -> PreparedStatement? {
        guard query.fingerprint != 0, let known = byFingerprint[query.fingerprint],
            query.hasSameLiterals(as: known.query)
        else { return nil }
        touch(known)
        return known.statement
    }

    /// The statement of this text, if there is one; `query` will be known from now on.
    mutating func statement(of text: String, for query: SQLQuery) -> PreparedStatement? {
        guard let statement = byText[text] else { return nil }
        learn(query, statement)
        return statement
    }

    /// Keeps a statement that was not found.
    /// - Returns: those that had to make room, to be closed.
    mutating func insert(_ statement: PreparedStatement, for query: SQLQuery) -> [PreparedStatement] {
        var forgotten: [PreparedStatement] = []
        while byText.count >= capacity, let oldest = leastRecentlyUsed() {
            remove(oldest)
            forgotten.append(oldest)
        }
        byText[statement.text] = statement
        learn(query, statement)
        return forgotten
    }

    private func leastRecentlyUsed() -> PreparedStatement? {
        byText.values.min { $0.lastUse < $1.lastUse }
    }

    /// Forgets a statement, which is to be closed.
    mutating func remove(_ statement: PreparedStatement) {
        guard byText[statement.text] === statement else { return }
        byText[statement.text] = nil
        for fingerprint in statement.fingerprints where byFingerprint[fingerprint]?.statement === statement {
            byFingerprint[fingerprint] = nil
        }
        if latest?.statement === statement { latest = nil }
    }

    /// Forgets all of them.
    /// - Returns: those that it had, to be closed.
    mutating func removeAll() -> [PreparedStatement] {
        let all = Array(byText.values)
        byText = [:]
        byFingerprint = [:]
        latest = nil
        return all
    }

    private mutating func learn(_ query: SQLQuery, _ statement: PreparedStatement) {
        let known = Known(query: query.withoutValues, statement: statement)
        // A text that is written in more places than this is found by its text in the others.
        if query.fingerprint != 0, statement.fingerprints.count < 8 {
            byFingerprint[query.fingerprint] = known
            statement.fingerprints.append(query.fingerprint)
        }
        touch(known)
    }

    private mutating func touch(_ known: Known) {
        clock &+= 1
        known.statement.lastUse = clock
        latest = known
    }
}
