import CLibPQ
import Foundation
import PoolingSQL
import TestServers

@testable import PGDriver

/// An open connection of plain libpq, to compare our encodings with what the server makes of them.
final class Dialogue {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Cell {
        var type: UInt32
        var bytes: [UInt8]?

        func decoded(isBinary: Bool) throws -> SQLValue {
            guard let bytes else { return .null }
            return try bytes.withUnsafeBytes { try ValueCodec.decode($0, type: type, isBinary: isBinary) }
        }

        var text: String { String(decoding: bytes ?? [], as: UTF8.self) }
    }

    private let connection: OpaquePointer

    init(_ server: PostgresServer) throws {
        let place = "host=\(server.socketFolder) port=\(server.port) user=app dbname=app"
        guard let connection = PQconnectdb("\(place) password=\(PostgresServer.password)") else {
            throw Failure(description: "out of memory")
        }
        self.connection = connection
        guard PQstatus(connection) == CONNECTION_OK else {
            throw Failure(description: String(cString: PQerrorMessage(connection)))
        }
    }

    deinit { PQfinish(connection) }

    /// The cells of the first row.
    func row(_ sql: String, binary isBinary: Bool, values: [SQLValue] = [], as types: [UInt32] = []) throws -> [Cell] {
        var bytes: [[UInt8]?] = []
        var formats: [Int32] = []
        for (value, type) in zip(values, types) {
            var encoded: [UInt8] = []
            let format = try ValueCodec.encode(value, as: type, into: &encoded)
            bytes.append(format == nil ? nil : encoded + [0])
            formats.append(format ?? 0)
        }
        let lengths = bytes.map { Int32(($0?.count ?? 1) - 1) }
        let pointers = bytes.map { bytes -> UnsafeMutablePointer<CChar>? in
            guard let bytes else { return nil }
            let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (index, byte) in bytes.enumerated() { pointer[index] = CChar(bitPattern: byte) }
            return pointer
        }
        defer { for pointer in pointers { pointer?.deallocate() } }
        let result = PQexecParams(
            connection, sql, Int32(bytes.count), types, pointers.map { UnsafePointer($0) }, lengths, formats,
            isBinary ? 1 : 0)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw Failure(description: "\(sql): \(String(cString: PQresultErrorMessage(result)))")
        }
        return (0..<PQnfields(result)).map { column in
            let isNull = PQgetisnull(result, 0, column) == 1
            let bytes = UnsafeRawBufferPointer(
                start: PQgetvalue(result, 0, column), count: Int(PQgetlength(result, 0, column)))
            return Cell(type: PQftype(result, column), bytes: isNull ? nil : Array(bytes))
        }
    }

    func cell(_ sql: String, binary isBinary: Bool, values: [SQLValue] = [], as types: [UInt32] = []) throws -> Cell {
        guard let cell = try row(sql, binary: isBinary, values: values, as: types).first else {
            throw Failure(description: "\(sql): no column")
        }
        return cell
    }
}
