import MariaDBDriver
import PGDriver
import PoolingCore
import PoolingSQL
import SQLiteDriver

/// The one file that knows which databases there are.
enum Databases {
    struct UnknownScheme: Error, CustomStringConvertible {
        var scheme: String
        var description: String {
            let known = (SQLite.schemes + Postgres.schemes + MariaDB.schemes).map { "\($0):" }
            let fault = scheme.isEmpty ? "the URL has no scheme" : "no database is called '\(scheme)'"
            return "\(fault): a URL begins with \(known.joined(separator: ", "))"
        }
    }

    /// Chosen by the scheme of the URL.
    static func driver(for url: String) throws -> any SQLDriver {
        // What has no scheme may be a secret that was put into the wrong place.
        let scheme = url.contains(":") ? url.prefix { $0 != ":" }.lowercased() : ""
        if SQLite.schemes.contains(scheme) { return try SQLite(url: url) }
        if Postgres.schemes.contains(scheme) { return try Postgres(url: url) }
        if MariaDB.schemes.contains(scheme) { return try MariaDB(url: url) }
        throw UnknownScheme(scheme: scheme)
    }

    /// What SQL has no common words for: which session this is, and how another one ends it. nil: there are no sessions.
    static func ending(of driver: (some SQLDriver).Type) -> (question: SQLQuery, end: (Int) -> SQLQuery)? {
        switch driver {
        case is Postgres.Type: ("SELECT pg_backend_pid()", { "SELECT pg_terminate_backend(\($0)::int)" })
        case is MariaDB.Type: ("SELECT CONNECTION_ID()", { "KILL \(unsafe: "\($0)")" })
        default: nil
        }
    }
}
