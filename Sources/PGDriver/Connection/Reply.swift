internal import CLibPQ
internal import PoolingSQL

/// What came of a statement, or of the statements of a pipeline, so far.
struct Reply {
    /// The statement whose rows are read; nil: rows are dropped.
    let statement: PreparedStatement?
    private var keepsRows: Bool
    /// How many synchronisation points of a pipeline are still to come; nil: this is no pipeline.
    private var syncs: Int?

    /// What is done with a `COPY` that begins.
    var copy: CopyUse
    /// Part of what was asked for may stay, although the server has stopped.
    var mayCommit = false
    /// Part of it ends a transaction: what came before that stays, whatever the state is now.
    var endsTransaction = false
    /// What was asked for may change something when it comes to its end; of a statement its text tells.
    var mayChange = false
    /// The one that was wanted has begun: its rows are next.
    var hasBegunCopy = false

    private(set) var isComplete = false
    /// The first refusal.
    var error: SQLError?
    /// Why nothing is returned, if that is no refusal.
    var failure: (any Error)?
    /// The first refusal was of a prepared statement that is not valid any more: nothing was executed (F30).
    private(set) var isOutdated = false
    /// The refused statement of a pipeline, counted from 0.
    private(set) var errorPosition: Int?

    private(set) var columns: SQLColumns?
    var cells: [SQLValue] = []
    private(set) var height = 0
    /// One for each statement of a pipeline that has come to its end.
    private(set) var results: [SQLResult] = []
    /// What statements have done that had something to do.
    private(set) var result = SQLResult(rowsAffected: 0)
    /// What a description has told.
    private(set) var parameterTypes: [Oid] = []
    private(set) var columnTypes: [Oid] = []
    private var position = 0
    private var affected: Int?

    init(of statement: PreparedStatement? = nil, keepsRows: Bool = false, syncs: Int? = nil, copy: CopyUse = .none) {
        self.copy = copy
        self.statement = statement
        self.keepsRows = keepsRows
        self.syncs = syncs
    }

    var rows: [SQLRow] {
        guard let columns else { return [] }
        // One row is so usual that it has its own way: a literal is made without asking for the array's type.
        if height == 1 { return [SQLRow(columns: columns, cells: cells, offset: 0)] }
        return (0..<height).map { SQLRow(columns: columns, cells: cells, offset: $0 * columns.count) }
    }

    mutating func forgetRows() {
        cells = []
        height = 0
    }

    /// Nobody wants the rest.
    mutating func dropRows() {
        keepsRows = false
        forgetRows()
    }

    mutating func take(_ result: OpaquePointer) throws {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE:
            if keepsRows { try takeRows(result) }
            if PQresultStatus(result) == PGRES_TUPLES_OK { affected = Self.affected(result) }
        case PGRES_COMMAND_OK:
            affected = copy == .none ? Self.affected(result) : Self.count(result)
            describe(result)
        case PGRES_PIPELINE_SYNC:
            syncs = syncs.map { $0 - 1 }
            isComplete = syncs == 0
        case PGRES_PIPELINE_ABORTED: break
        case PGRES_EMPTY_QUERY: refuse(SQLError(.syntax, "the statement is empty"))
        default:
            let text = { code in PQresultErrorField(result, code).map { String(cString: $0) } }
            let error = SQLError.postgres(result)
            if self.error == nil {
                // The server tells which of its own functions has refused: the texts are translated.
                isOutdated =
                    error.sqlState == "26000"
                    || error.sqlState == "0A000" && text(Int32(UInt8(ascii: "R"))) == "RevalidateCachedQuery"
            }
            refuse(error)
        }
    }

    mutating func refuse(_ error: SQLError) {
        guard self.error == nil else { return }
        self.error = error
        errorPosition = position
    }

    /// libpq has no more results of the present statement.
    mutating func endOfStatement(isLost: Bool) {
        if let affected {
            result = SQLResult(rowsAffected: affected)
            if syncs != nil { results.append(result) }
            self.affected = nil
        }
        position += 1
        if syncs == nil || isLost { isComplete = true }
    }

    private mutating func describe(_ result: OpaquePointer) {
        guard syncs != nil, parameterTypes.isEmpty, columnTypes.isEmpty else { return }
        parameterTypes = (0..<PQnparams(result)).map { PQparamtype(result, $0) }
        columnTypes = (0..<PQnfields(result)).map { PQftype(result, $0) }
    }

    private mutating func takeRows(_ result: OpaquePointer) throws {
        let count = PQntuples(result)
        let columns = columns ?? statement?.columns(of: result) ?? PreparedStatement.columns(of: result)
        self.columns = columns
        let width = Int32(columns.count)
        cells.reserveCapacity(cells.count + Int(count) * columns.count)
        for row in 0..<count {
            for column in 0..<width {
                if PQgetisnull(result, row, column) == 1 {
                    cells.append(.null)
                    continue
                }
                let bytes = UnsafeRawBufferPointer(
                    start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
                cells.append(
                    try ValueCodec.decode(
                        bytes, type: PQftype(result, column), isBinary: PQfformat(result, column) == 1))
            }
        }
        height += Int(count)
    }

    /// Rows that a `COPY` has moved.
    private static func count(_ result: OpaquePointer) -> Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// Rows that were changed; rows that were only read do not count.
    private static func affected(_ result: OpaquePointer) -> Int {
        guard let tag = PQcmdStatus(result), let count = PQcmdTuples(result), count.pointee != 0 else { return 0 }
        switch UInt8(bitPattern: tag.pointee) {
        // INSERT, UPDATE, DELETE, MERGE (of which MOVE is not one); SELECT, FETCH and COPY have a count of what was read.
        case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "D"): return Int(String(cString: count)) ?? 0
        case UInt8(ascii: "M"):
            return UInt8(bitPattern: tag[1]) == UInt8(ascii: "E") ? Int(String(cString: count)) ?? 0 : 0
        default: return 0
        }
    }
}
