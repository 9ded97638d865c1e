internal import CLibPQ
internal import PoolingSQL

/// A statement as the server has prepared it for one session.
///
/// Touched by whoever holds the connection.
final class PreparedStatement: CachedStatement {
    /// Its name on the server; empty: it is sent as text each time.
    let name: String
    /// The same for libpq, for which a String would be copied each time.
    let label: [CChar]
    let text: String
    let effects: SessionChanges
    /// What the server takes the parameters for.
    let parameterTypes: [Oid]
    /// Whether rows are asked for in binary.
    let isBinary: Bool
    /// What its first word says of it. Looked at only where it matters.
    private(set) lazy var traits = StatementTraits(text)
    /// It is sent as text even if it was prepared: a COPY that fails early would be answered by two ends otherwise (F11).
    let isSentAsText: Bool
    private var columns: SQLColumns?

    var cacheMark = StatementCacheMark()

    init(name: String, text: String, parameterTypes: [Oid], columnTypes: [Oid]) {
        self.name = name
        label = Array(name.utf8CString)
        self.text = text
        self.parameterTypes = parameterTypes
        effects = SessionChanges(text: text)
        isSentAsText =
            parameterTypes.isEmpty && StatementTraits.keyword(of: text) == "copy" && StatementTraits.isSingle(text)
        isBinary = !columnTypes.isEmpty && columnTypes.allSatisfy(ValueCodec.prefersBinary)
    }

    /// The names of a result's columns: the same ones each time, since another result would need another preparation.
    func columns(of result: OpaquePointer) -> SQLColumns {
        if let columns, columns.count == Int(PQnfields(result)) { return columns }
        let columns = Self.columns(of: result)
        if !name.isEmpty { self.columns = columns }
        return columns
    }

    static func columns(of result: OpaquePointer) -> SQLColumns {
        SQLColumns((0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" })
    }
}
