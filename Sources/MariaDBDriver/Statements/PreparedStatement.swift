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
    /// Its rows consist of other columns than those that it was prepared with: it should be prepared anew.
    private(set) var isOutdated = false
    /// It ends the transaction and begins another one, which the server's answers don't tell.
    private(set) lazy var beginsAnew = {
        let text = text.lowercased()
        return verb == "begin" && !text.contains("not atomic") || verb == "start" && text.contains("transaction")
            || ["commit", "rollback"].contains(verb) && text.contains("chain") && !text.contains("no chain")
    }()
    /// Of the latest result.
    private(set) var kinds: [ColumnKind] = []
    private(set) var columns = SQLColumns([])
    private var shapes: [Shape] = []

    /// Of the library's, in place of its own.
    private var room: UnsafeMutablePointer<MYSQL_BIND>?

    var cacheMark = StatementCacheMark()

    let verb: String

    init(_ handle: UnsafeMutablePointer<MYSQL_STMT>, text: String) {
        self.handle = handle
        self.text = text
        verb = FirstWord.of(text)
        effects = SessionChanges(text: text)
    }

    /// Ends it, here and at the server. The server sends no answer to that, so that there is nothing to wait for but room in
    /// the socket's buffer, which is empty between statements.
    func close() {
        mysql_stmt_close(handle)
        room?.deallocate()
        room = nil
    }

    /// Takes note of what the next rows consist of, which need not be what it was prepared with: the server prepares it
    /// again by itself when its tables have changed. The library keeps the old names then.
    func noteColumns(of link: UnsafeMutablePointer<MYSQL>) {
        let count = Int(handle.pointee.field_count)
        guard let start = link.pointee.fields else { return }
        let fields = UnsafeBufferPointer(start: start, count: count)
        if !isShaped(as: fields) {
            // What the server leaves out, since it has said it before, is in the kept ones: that a text is JSON, say.
            let kept = UnsafeBufferPointer(start: handle.pointee.fields, count: count)
            kinds = zip(fields, kept).map { field, kept in
                let kind = ColumnKind(field)
                return kind == .text ? ColumnKind(kept) : kind
            }
            shapes = fields.map(Shape.init)
        }
        if isNamed(as: fields) { return }
        if columns.count > 0 { isOutdated = true }
        columns = SQLColumns(fields.map(Self.name))
    }

    /// What a column's kind comes from, but for the names of types beyond it.
    private struct Shape: Equatable {
        let type: enum_field_types
        let flags: UInt32
        let decimals: UInt32
        let characterSet: UInt32

        init(_ field: MYSQL_FIELD) {
            (type, flags, decimals, characterSet) = (field.type, field.flags, field.decimals, field.charsetnr)
        }
    }

    private func isShaped(as fields: UnsafeBufferPointer<MYSQL_FIELD>) -> Bool {
        guard shapes.count == fields.count else { return false }
        for (field, shape) in zip(fields, shapes) where Shape(field) != shape { return false }
        return true
    }

    /// Makes room for rows that have more or fewer columns than it was prepared with, which the library refuses when all but
    /// that has been done: the rows are about to come. What it needs for reading them is in what its header shows.
    ///
    /// - Returns: whether the rows can be read now.
    func takeOtherColumns(of link: UnsafeMutablePointer<MYSQL>) -> Bool {
        let count = Int(link.pointee.field_count)
        guard handle.pointee.state == MYSQL_STMT_WAITING_USE_OR_STORE, count > 0, let fields = link.pointee.fields
        else {
            return false
        }
        let room = UnsafeMutablePointer<MYSQL_BIND>.allocate(capacity: count)
        room.initialize(repeating: MYSQL_BIND(), count: count)
        self.room?.deallocate()
        self.room = room
        handle.pointee.fields = fields
        handle.pointee.bind = room
        handle.pointee.field_count = UInt32(count)
        handle.pointee.bind_result_done = 0
        handle.pointee.last_errno = 0
        isOutdated = true
        return true
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
