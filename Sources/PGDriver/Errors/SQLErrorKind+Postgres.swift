public import PoolingSQL

extension SQLError.Kind {
    /// A row conflicts with another one by an exclusion constraint.
    public static let exclusionViolation = SQLError.Kind("exclusionViolation")
    /// The user may not do this.
    public static let permissionDenied = SQLError.Kind("permissionDenied")
    /// The server, or libpq, has said something that can't be understood.
    public static let protocolViolation = SQLError.Kind("protocolViolation")
}

extension SQLError {
    /// What an SQLSTATE of a running session means to a program.
    static func kind(of sqlState: String) -> Kind {
        switch sqlState {
        case "23502": .notNullViolation
        case "23503", "23001": .foreignKeyViolation
        case "23505": .uniqueViolation
        case "23514": .checkViolation
        case "23P01": .exclusionViolation
        case "25006": .readOnly
        case "25P02": .transactionLost
        // The idle session is ended; others of this class are about a statement.
        case "25P03": .connectionLost
        case "40001", "40000", "72000": .serialization
        case "40003": .mayHaveExecuted
        case "40P01": .deadlock
        case "42501": .permissionDenied
        case "42804", "42846": .typeMismatch
        case "53100": .diskFull
        case "53300": .tooManyConnections
        case "55P03": .busy
        case "57014": .interrupted
        case "3D000": .cannotOpen
        // PgBouncer's answer to whatever it does not like; the connection need not be lost.
        case "08P01": .other
        case "22001", "22003", "22007", "22008", "22018", "22021", "22030", "22032", "22P02", "22P03", "22P05":
            .typeMismatch
        case "XX001", "XX002": .corrupt
        default: kind(ofClass: sqlState.prefix(2))
        }
    }

    private static func kind(ofClass sqlClass: Substring) -> Kind {
        switch sqlClass {
        case "08", "57": .connectionLost
        case "26", "42": .syntax
        case "28": .authentication
        default: .other
        }
    }

    /// What an SQLSTATE means that a login ends with.
    static func kind(ofLogin sqlState: String) -> Kind {
        switch sqlState.prefix(2) {
        case "28": return .authentication
        case "08", "57": return .cannotOpen
        default: break
        }
        switch sqlState {
        case "42501": return .authentication
        case "53300": return .tooManyConnections
        default: return .cannotOpen
        }
    }
}
