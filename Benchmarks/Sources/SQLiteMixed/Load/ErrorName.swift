internal import GRDB
internal import PoolingCore
internal import PoolingSQL

/// What errors are counted by: SQLite's own names as far as the error comes from there, whoever passed it on.
struct ErrorName {
    let text: String
    static let busy = "SQLITE_BUSY"

    init(_ error: any Error) {
        switch error {
        case let error as SQLError: text = error.vendorCode.map(Self.name) ?? error.kind.name
        case let error as DatabaseError: text = Self.name(Int(error.resultCode.rawValue))
        case let error as PoolError: text = "PoolError.\(error.code)"
        default: text = "\(type(of: error))"
        }
    }

    private static func name(_ code: Int) -> String {
        switch code & 0xFF {
        case 5: busy
        case 6: "SQLITE_LOCKED"
        case 9: "SQLITE_INTERRUPT"
        case 10: "SQLITE_IOERR"
        case 13: "SQLITE_FULL"
        default: "SQLite code \(code)"
        }
    }
}
