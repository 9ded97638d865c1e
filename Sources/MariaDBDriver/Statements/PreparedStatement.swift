internal import CMariaDB
internal import PoolingSQL

/// A statement as the server has prepared it for one session.
///
/// Touched by whoever holds the connection, which closes the handle.
final class PreparedStatement: CachedStatement {
    let handle: UnsafeMutablePointer<MYSQL_STMT>
    let text: String
    let effects: SessionChanges
    /// It only reads, by its first word: stopping it takes nothing back, and leaves nothing.
    private(set) lazy var reads = ["select", "with", "show", "values", "table", "explain", "describe", "desc"].contains(
        verb)
    /// It may commit in between, by its first word.
    private(set) lazy var mayCommit = ["call", "begin", "execute"].contains(verb)
    /// Of the latest result.
    private(set) var kinds: [ColumnKind] = []
    private(set) var columns = SQLColumns([])

    var cacheMark = StatementCacheMark()

    private var verb: String { text.drop { !$0.isLetter }.prefix(while: \.isLetter).lowercased() }

    init(_ handle: UnsafeMutablePointer<MYSQL_STMT>, text: String) {
        self.handle = handle
        self.text = text
        effects = SessionChanges(text: text)
    }

    /// Takes note of what the next rows consist of: the server prepares a statement again by itself when its tables have
    /// changed.
    func noteColumns() {
        let fields = UnsafeBufferPointer(start: handle.pointee.fields, count: Int(handle.pointee.field_count))
        kinds.removeAll(keepingCapacity: true)
        for field in fields { kinds.append(ColumnKind(field)) }
        if !isNamed(as: fields) { columns = SQLColumns(fields.map(Self.name)) }
    }

    private func isNamed(as fields: UnsafeBufferPointer<MYSQL_FIELD>) -> Bool {
        guard columns.count == fields.count else { return false }
        for (field, name) in zip(fields, columns) {
            let isSame = field.name.withMemoryRebound(to: UInt8.self, capacity: Int(field.name_length)) {
                UnsafeBufferPointer(start: $0, count: Int(field.name_length)).elementsEqual(name.utf8)
            }
            if !isSame { return false }
        }
        return true
    }

    private static func name(_ field: MYSQL_FIELD) -> String { field.name.map { String(cString: $0) } ?? "" }
}
