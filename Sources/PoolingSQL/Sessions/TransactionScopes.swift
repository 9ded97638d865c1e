/// What the scopes of ``SQLConnection/transaction(_:_:)`` have opened in a session.
package struct TransactionScopes {
    /// How many transactions and savepoints of theirs are open.
    package var depth = 0
    /// The outermost of them is a savepoint in a transaction that somebody began by hand.
    package var isInsideOfForeign = false
    /// The transaction has ended by itself or by hand; nothing may be executed until its scope is left (F44).
    package var isLost = false

    package init() {}

    /// To be told after every statement.
    package mutating func note(isInTransaction: Bool) {
        if depth > 0, !isInTransaction { isLost = true }
    }

    package func isOutermost(_ depth: Int) -> Bool { depth == 1 && !isInsideOfForeign }
}

/// The session of a server, as nested transactions use it. Held by one operation at a time.
package protocol TransactionalSession: AnyObject {
    var scopes: TransactionScopes { get set }
    /// What bounds the operation that holds it.
    var limits: OperationLimits { get set }
    /// By what the server has said last.
    var isInTransaction: Bool { get }
    var isInherited: Bool { get }
    var isPoisoned: Bool { get }
    func poison()

    /// Refuses what can't be executed here and now.
    nonisolated(nonsending) func admit() async throws
    /// Ends a stream that nobody reads any more, and refuses to if somebody does.
    nonisolated(nonsending) func endAbandonedStream() async throws
    /// Runs the driver's own commands, one after the other.
    nonisolated(nonsending) func run(_ commands: [String]) async throws

    nonisolated(nonsending) func begin(_ options: SQLTransactionOptions) async throws
    nonisolated(nonsending) func commit() async throws
    /// Whatever a scope that is rolled back has left is ended, in a cancelled task, too, and within the time for that.
    nonisolated(nonsending) func prepareToRollBack(isOutermost: Bool) async throws
    /// The outermost scope was left.
    func endTransaction()
}

extension TransactionalSession {
    package nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int {
        try await admit()
        if isInTransaction {
            if scopes.depth == 0 { scopes.isInsideOfForeign = true }
            try await run([Savepoint(scopes.depth + 1).begin])
        } else {
            try await begin(options)
        }
        scopes.depth += 1
        return scopes.depth
    }

    package nonisolated(nonsending) func commitTransaction(_ depth: Int) async throws {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        if scopes.isLost { throw SQLError.transactionLost }
        try await endAbandonedStream()
        guard depth == scopes.depth, isInTransaction else {
            poison()
            throw SQLError.disorderlyTransactions
        }
        // Lowered first: the end of the transaction is expected now.
        scopes.depth -= 1
        do {
            if scopes.isOutermost(depth) {
                try await commit()
            } else {
                try await run([Savepoint(depth).release])
            }
        } catch {
            scopes.depth += 1
            throw error
        }
        endScope(depth)
    }

    /// Goes on in a cancelled task; the server has as long for it as for stopping a statement.
    package nonisolated(nonsending) func rollBackTransaction(_ depth: Int) async {
        guard depth == scopes.depth, !isInherited else {
            // Ended already, or out of order.
            if depth < scopes.depth { poison() }
            return
        }
        scopes.depth -= 1
        let former = limits
        defer { limits = former }
        do {
            let isOutermost = scopes.isOutermost(depth)
            try await prepareToRollBack(isOutermost: isOutermost)
            if isInTransaction, !scopes.isLost, !isPoisoned {
                try await run(isOutermost ? ["ROLLBACK"] : Savepoint(depth).undo)
            }
        } catch {
            poison()
        }
        endScope(depth)
    }

    /// The outermost scope is left: what was lost is told, and a new transaction may begin.
    private func endScope(_ depth: Int) {
        guard depth == 1 else { return }
        // Lost with a transaction that was begun by hand: its end is nobody's scope, so that the loan stays refused.
        if !scopes.isInsideOfForeign, !isInTransaction { scopes.isLost = false }
        scopes.isInsideOfForeign = false
        endTransaction()
    }
}

/// The commands of one level of nesting.
private struct Savepoint {
    private let name: String
    init(_ depth: Int) { name = "pooling_\(depth)" }

    var begin: String { "SAVEPOINT \(name)" }
    var undo: [String] { ["ROLLBACK TO SAVEPOINT \(name)", release] }
    var release: String { "RELEASE SAVEPOINT \(name)" }
}
