internal import CMariaDB
internal import PoolingSQL

/// Takes the cells of rows as the library goes through them, straight from the bytes that the server has sent.
///
/// Known to the statement for as long as rows are read; touched by whoever holds the connection.
final class RowCollector {
    private let kinds: [ColumnKind]
    let columns: SQLColumns
    private(set) var cells: [SQLValue] = []
    private(set) var height = 0
    /// About how much the server has sent for them.
    private(set) var bytes = 0

    init(_ statement: PreparedStatement) {
        kinds = statement.kinds
        columns = statement.columns
    }

    /// Has the library look through the rows by itself, which are dropped.
    static func detach(from statement: PreparedStatement) {
        mysql_stmt_attr_set(statement.handle, STMT_ATTR_CB_RESULT, nil)
    }

    /// Has the cells of `statement` given to this instead of to bound buffers.
    func attach(to statement: PreparedStatement) {
        mysql_stmt_attr_set(
            statement.handle, STMT_ATTR_CB_USER_DATA, Unmanaged.passUnretained(self).toOpaque())
        let callback:
            @convention(c) (
                UnsafeMutableRawPointer?, UInt32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?
            ) -> Void = { context, column, row in
                guard let context else { return }
                Unmanaged<RowCollector>.fromOpaque(context).takeUnretainedValue().take(Int(column), row)
            }
        // The attribute is the function itself, not where it stands.
        mysql_stmt_attr_set(statement.handle, STMT_ATTR_CB_RESULT, unsafeBitCast(callback, to: UnsafeRawPointer.self))
    }

    private func take(_ column: Int, _ row: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) {
        guard let row, let start = row.pointee, column < kinds.count else { return cells.append(.null) }
        var reader = WireReader(start)
        cells.append(kinds[column].value(&reader))
        let end = UnsafeMutablePointer(mutating: reader.position)
        bytes += end - start
        row.pointee = end
    }

    func endRow() { height += 1 }

    var rows: [SQLRow] {
        if height == 1 { return [SQLRow(columns: columns, cells: cells, offset: 0)] }
        return (0..<height).map { SQLRow(columns: columns, cells: cells, offset: $0 * columns.count) }
    }

    func forgetRows() {
        cells = []
        height = 0
        bytes = 0
    }
}
