internal import CLibPQ
internal import PoolingSQL

extension SQLError {
    /// What the server has refused.
    static func postgres(_ result: OpaquePointer) -> SQLError {
        let state = field(result, "C")
        let message = field(result, "M") ?? "the server gave no reason"
        return SQLError(state.map(kind(of:)) ?? .other, message, sqlState: state)
    }

    private static func field(_ result: OpaquePointer, _ code: Unicode.Scalar) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }

    static func kind(of sqlState: String) -> Kind {
        switch sqlState {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case "23502": .notNullViolation
        case "23514": .checkViolation
        case "40001": .serialization
        case "40P01": .deadlock
        case "25006": .readOnly
        case "25P02": .transactionLost
        case "55P03": .busy
        case "57014": .interrupted
        case "53300": .tooManyConnections
        case "53100": .diskFull
        case "22P02": .typeMismatch
        case "3D000": .cannotOpen
        default:
            switch sqlState.prefix(2) {
            case "42", "26": .syntax
            case "28": .authentication
            case "08", "57": .connectionLost
            default: .other
            }
        }
    }
}
