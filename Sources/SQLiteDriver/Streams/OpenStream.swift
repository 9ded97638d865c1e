internal import PoolingSQL
internal import Synchronization

/// A statement whose rows are being read. Known to its connection, which does nothing else until it is over.
///
/// Touched by the operation that holds the connection, but for the mark of being abandoned. Sendable because of that.
final class OpenStream: @unchecked Sendable {
    let query: SQLQuery
    var statement: PreparedStatement
    /// The statement was for one run, which a lock has ended: another try takes another one.
    var lacksStatement = false
    /// The statement has its values, and has given rows.
    var isRunning = false
    /// Its last row was read.
    var isOver = false
    /// How many rows the next turn gives at most: few at first, so that the first row is there soon.
    var chunk = 32

    private let abandoned = Atomic<Bool>(false)
    var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
    func abandon() { abandoned.store(true, ordering: .releasing) }

    init(_ query: SQLQuery, _ statement: PreparedStatement) {
        self.query = query
        self.statement = statement
    }
}
