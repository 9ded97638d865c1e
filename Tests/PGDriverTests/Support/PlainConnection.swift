import CLibPQ
import Foundation
import TestServers

@testable import PGDriver

/// libpq as it is, without our driver: what tests of the rig, and cross-checks of our encodings, need.
enum PlainConnection {
    typealias Parameters = [(keyword: String, value: String)]

    /// The first column of the first row, or what went wrong.
    static func answer(to sql: String, _ parameters: String) -> String { answer(to: sql, PQconnectdb(parameters)) }

    static func answer(to sql: String, _ parameters: Parameters) -> String {
        answer(to: sql, with(parameters) { PQconnectdbParams($0, $1, 1) })
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

    /// What the server says of a statement that fails; nil if it does not.
    static func failure(of sql: String, _ parameters: String) -> ServerReport? {
        guard let connection = PQconnectdb(parameters) else { return nil }
        defer { PQfinish(connection) }
        PQsendQuery(connection, sql)
        var report: ServerReport?
        // PQexec would give the last result: of a session that ends, libpq's own words and not the server's.
        while let result = PQgetResult(connection) {
            if report == nil, PQresultStatus(result) == PGRES_FATAL_ERROR { report = ServerReport(result) }
            PQclear(result)
        }
        return report
    }

    /// libpq's whole text about a login that fails, with the SQLSTATE in it; nil if it does not.
    static func refusal(_ parameters: Parameters) -> String? {
        guard let connection = with(parameters, { PQconnectStartParams($0, $1, 1) }) else { return nil }
        defer { PQfinish(connection) }
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        var step = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while step != PGRES_POLLING_OK && step != PGRES_POLLING_FAILED {
            let events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var request = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
            guard poll(&request, 1, 30_000) > 0 else { return "nothing came within 30 seconds" }
            step = PQconnectPoll(connection)
        }
        return step == PGRES_POLLING_OK ? nil : String(cString: PQerrorMessage(connection))
    }

    /// Runs `body` while a connection is open.
    static func holding<R>(_ parameters: Parameters, _ body: () throws -> R) throws -> R {
        guard let connection = with(parameters, { PQconnectdbParams($0, $1, 1) }) else { throw CancellationError() }
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw Command.Failure(command: "connect", status: 1, output: String(cString: PQerrorMessage(connection)))
        }
        return try body()
    }

    static func with<R>(
        _ parameters: Parameters,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let names = parameters.map { strdup($0.keyword) }
        let values = parameters.map { strdup($0.value) }
        defer { for text in names + values { free(text) } }
        return body((names + [nil]).map { UnsafePointer($0) }, (values + [nil]).map { UnsafePointer($0) })
    }
}
