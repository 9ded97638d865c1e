internal import PoolingSQL
internal import Synchronization

/// A statement whose rows are being read. Known to its connection, which does nothing else until it is over.
///
/// Touched by the operation that holds the connection, but for the mark of being abandoned. Sendable because of that.
final class OpenStream: @unchecked Sendable {
    var reply: Reply
    /// Its last row was read.
    var isOver = false

    private let abandoned = Atomic<Bool>(false)
    var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
    func abandon() { abandoned.store(true, ordering: .releasing) }

    /// It is part of a transaction, which is to survive it.
    let isInTransaction: Bool

    init(_ statement: PreparedStatement, isInTransaction: Bool) {
        self.isInTransaction = isInTransaction
        reply = Reply(of: statement, keepsRows: true)
    }
}
