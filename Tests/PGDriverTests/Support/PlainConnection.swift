import CLibPQ
import Foundation

/// libpq as it is, without our driver: what tests of the rig, and cross-checks of our encodings, need.
enum PlainConnection {
    /// The first column of the first row, or what went wrong.
    static func answer(to sql: String, _ parameters: String) -> String { answer(to: sql, PQconnectdb(parameters)) }

    static func answer(to sql: String, _ parameters: [(keyword: String, value: String)]) -> String {
        let names = parameters.map { strdup($0.keyword) }
        let values = parameters.map { strdup($0.value) }
        defer { for text in names + values { free(text) } }
        let connection = PQconnectdbParams(
            (names + [nil]).map { UnsafePointer($0) }, (values + [nil]).map { UnsafePointer($0) }, 1)
        return answer(to: sql, connection)
    }

    private static func answer(to sql: String, _ connection: OpaquePointer?) -> String {
        guard let connection else { return "out of memory" }
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
