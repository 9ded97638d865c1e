internal import PoolingSQL
internal import Synchronization

/// A statement whose rows are being read. Known to its connection, which does nothing else until it is over.
///
/// Touched by the operation that holds the connection, but for the mark of being abandoned. Sendable because of that.
final class OpenStream: @unchecked Sendable {
    let statement: PreparedStatement
    let collector: RowCollector
    /// Its last row was read.
    var isOver = false

    private let abandoned = Atomic<Bool>(false)
    var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }
    func abandon() { abandoned.store(true, ordering: .releasing) }

    init(_ statement: PreparedStatement) {
        self.statement = statement
        collector = RowCollector(statement)
        collector.attach(to: statement)
    }
}
