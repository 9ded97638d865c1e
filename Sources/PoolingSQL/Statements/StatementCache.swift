/// A prepared statement, as the cache of its connection knows it.
package protocol CachedStatement: AnyObject {
    var text: String { get }
    /// It is about to run: the cache may not forget it in favour of another one.
    var isNeeded: Bool { get }
    /// The cache's own.
    var cacheMark: StatementCacheMark { get set }
}

extension CachedStatement {
    package var isNeeded: Bool { false }
}

/// What a cache keeps with a statement.
package struct StatementCacheMark {
    /// On the cache's clock.
    @usableFromInline var lastUse: UInt64 = 0
    /// Of the queries that the cache knows it by.
    @usableFromInline var fingerprints: [UInt] = []

    package init() {}
}

/// The prepared statements of one connection, as many as `capacity`; the least recently used one goes first. What the cache
/// has forgotten, its driver ends.
///
/// Found in three steps, the usual one first: the statement of last time and then all others by the addresses of the
/// query's literals, which costs no rendering; by text only for queries that are made at run time or that were first
/// seen elsewhere in the program.
///
/// Inlinable, so that it is compiled for the statements of the driver at hand.
package struct StatementCache<Statement: CachedStatement> {
    /// A query of the program, without values, and its statement. Several queries may have the same text.
    @usableFromInline
    struct Known {
        @usableFromInline let query: SQLQuery
        @usableFromInline let statement: Statement

        @inlinable init(query: SQLQuery, statement: Statement) {
            self.query = query
            self.statement = statement
        }
    }

    package let capacity: Int
    @usableFromInline var latest: Known?
    @usableFromInline var byFingerprint: [UInt: Known] = [:]
    @usableFromInline var byText: [String: Statement] = [:]
    @usableFromInline var clock: UInt64 = 0

    package init(capacity: Int) { self.capacity = capacity }

    /// Every statement that it has, in no order.
    package var all: some Collection<Statement> { byText.values }

    /// The statement for a query whose literals have been seen before.
    @inlinable package mutating func statement(for query: SQLQuery) -> Statement? {
        if let latest, query.hasSameLiterals(as: latest.query) { return latest.statement }
        return lookUp(query)
    }

    @inlinable mutating func lookUp(_ query: SQLQuery) -> Statement? {
        guard query.fingerprint != 0, let known = byFingerprint[query.fingerprint],
            query.hasSameLiterals(as: known.query)
        else { return nil }
        touch(known)
        return known.statement
    }

    /// The statement of this text, if there is one; `query` will be known from now on.
    @inlinable package mutating func statement(of text: String, for query: SQLQuery) -> Statement? {
        guard let statement = byText[text] else { return nil }
        learn(query, statement)
        return statement
    }

    /// Keeps a statement that was not found.
    /// - Returns: those that had to make room.
    @inlinable package mutating func insert(_ statement: Statement, for query: SQLQuery) -> [Statement] {
        var forgotten: [Statement] = []
        while byText.count >= capacity, let oldest = leastRecentlyUsed() {
            _ = remove(oldest)
            forgotten.append(oldest)
        }
        byText[statement.text] = statement
        learn(query, statement)
        return forgotten
    }

    @inlinable func leastRecentlyUsed() -> Statement? {
        byText.values.lazy.filter { !$0.isNeeded }.min { $0.cacheMark.lastUse < $1.cacheMark.lastUse }
    }

    /// Forgets a statement.
    /// - Returns: false if it did not have it.
    @inlinable package mutating func remove(_ statement: Statement) -> Bool {
        guard byText[statement.text] === statement else { return false }
        byText[statement.text] = nil
        for fingerprint in statement.cacheMark.fingerprints where byFingerprint[fingerprint]?.statement === statement {
            byFingerprint[fingerprint] = nil
        }
        if latest?.statement === statement { latest = nil }
        return true
    }

    /// Forgets all of them.
    /// - Returns: those that it had.
    @inlinable package mutating func removeAll() -> [Statement] {
        let all = Array(byText.values)
        byText = [:]
        byFingerprint = [:]
        latest = nil
        return all
    }

    @inlinable mutating func learn(_ query: SQLQuery, _ statement: Statement) {
        let known = Known(query: query.withoutValues, statement: statement)
        // A text that is written in more places than this is found by its text in the others.
        if query.fingerprint != 0, statement.cacheMark.fingerprints.count < 8 {
            byFingerprint[query.fingerprint] = known
            statement.cacheMark.fingerprints.append(query.fingerprint)
        }
        touch(known)
    }

    @inlinable mutating func touch(_ known: Known) {
        clock &+= 1
        known.statement.cacheMark.lastUse = clock
        latest = known
    }
}
