import CLibPQ

/// libpq as it is, without our driver: what tests of the rig, and cross-checks of our encodings, need.
enum PlainConnection {
    /// The first column of the first row, or what went wrong.
    static func answer(to sql: String, _ parameters: String) -> String {
        guard let connection = PQconnectdb(parameters) else { return "out of memory" }
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK, let result = PQexec(connection, sql) else {
            return String(cString: PQerrorMessage(connection))
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) > 0 else {
            return String(cString: PQresultErrorMessage(result))
        }
        return String(cString: PQgetvalue(result, 0, 0))
    }
}
