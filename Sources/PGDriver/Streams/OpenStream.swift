internal import PoolingSQL
internal import Synchronization

/// A statement whose rows are being read. Known to its connection, which does nothing else until it is over.
///
/// Touched by the operation that holds the connection, but for the mark of being abandoned. Sendable because of that.
final class OpenStream: @unchecked Sendable {
    let query: SQLQuery
    var reply: Reply
    /// Its last row was read.
    var isOver = false

    private let abandoned = Atomic<Bool>(false)
    var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
    func abandon() { abandoned.store(true, ordering: .releasing) }

    /// It is part of a transaction, which is to survive it.
    let isInTransaction: Bool

    /// Its statement had to be prepared again.
    private(set) var isSecondTry = false

    func `repeat`(_ statement: PreparedStatement) {
        isSecondTry = true
        reply = Reply(of: statement, keepsRows: true)
    }

    init(_ query: SQLQuery, _ reply: Reply, isInTransaction: Bool) {
        self.query = query
        self.isInTransaction = isInTransaction
        self.reply = reply
    }
}
