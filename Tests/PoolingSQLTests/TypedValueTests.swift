import Foundation
import PoolingSQL
import Testing

@Suite("Typed values") struct TypedValueTests {
    let date = Date(timeIntervalSince1970: 1_709_210_710.25)
    let uuid = UUID()

    enum Status: String, SQLEncodable, SQLDecodable { case open, closed }
    enum Level: Int, SQLEncodable, SQLDecodable { case low = 1, high }

    func row(_ values: SQLValue...) -> SQLRow {
        SQLRow(columns: SQLColumns(values.indices.map { "c\($0)" }), values: values)
    }

    @Test("cost no more room than before there were so many")
    func layout() {
        #expect(MemoryLayout<SQLValue>.stride == 24)
    }

    @Test("are bound as what they are")
    func encoding() {
        let query: SQLQuery =
            "\(date) \(uuid) \(Decimal(5)) \(Data([1, 2])) \(Status.open) \(Level.high) \(nil as Date?) \(nil as Status?)"
        #expect(
            query.binds == [
                .timestamp(date), .uuid(uuid), .decimal(5), .blob([1, 2]), .text("open"), .integer(2), .null, .null,
            ])
        #expect(query.binds.map(\.kindName).prefix(3) == ["timestamp", "uuid", "decimal"])
    }

    @Test("are read from what a database may give")
    func decoding() throws {
        #expect(Date(sqlValue: .timestamp(date)) == date)
        #expect(Date(sqlValue: .text("2024-02-29 12:45:10.250000")) == date)
        #expect(Date(sqlValue: .double(1_709_210_710.25)) == date)
        #expect(Date(sqlValue: .integer(-1)) == Date(timeIntervalSince1970: -1))
        #expect(UUID(sqlValue: .uuid(uuid)) == uuid)
        #expect(UUID(sqlValue: .text(uuid.uuidString)) == uuid)
        #expect(UUID(sqlValue: .blob(withUnsafeBytes(of: uuid.uuid) { Array($0) })) == uuid)
        #expect(Decimal(sqlValue: .decimal(7)) == 7)
        #expect(Decimal(sqlValue: .integer(.min)) == Decimal(string: "-9223372036854775808"))
        #expect(Decimal(sqlValue: .double(0.1)) == Decimal(string: "0.1"))
        #expect(Decimal(sqlValue: .double(-1.5e-7)) == Decimal(string: "-0.00000015"))
        #expect(Data(sqlValue: .blob([0, 255])) == Data([0, 255]))
        #expect(Status(sqlValue: .text("closed")) == .closed)
        #expect(Level(sqlValue: .integer(1)) == .low)
        #expect(String(sqlValue: .json("[]")) == "[]")
        #expect(try row(.timestamp(date), .null, .uuid(uuid)).decode((Date, Date?, UUID).self) == (date, nil, uuid))
    }

    @Test("are not read from what would be a guess")
    func refusal() {
        #expect(Date(sqlValue: .text("yesterday")) == nil)
        #expect(Date(sqlValue: .double(.infinity)) == nil)
        #expect(Date(sqlValue: .integer(.max)) == nil)
        #expect(Date(sqlValue: .bool(true)) == nil)
        #expect(UUID(sqlValue: .blob([1])) == nil)
        #expect(UUID(sqlValue: .integer(1)) == nil)
        #expect(Decimal(sqlValue: .double(.infinity)) == nil)
        #expect(Decimal(sqlValue: .double(.nan)) == nil)
        #expect(Decimal(sqlValue: .double(.leastNonzeroMagnitude)) == nil)
        #expect(Decimal(sqlValue: .blob([1])) == nil)
        #expect(Data(sqlValue: .text("x")) == nil)
        #expect(Status(sqlValue: .text("OPEN")) == nil)
        #expect(Level(sqlValue: .integer(3)) == nil)
        #expect(Level(sqlValue: .text("1")) == nil)
    }

    @Test("that do not match are told by column and kinds, never by value")
    func mismatch() {
        let row = row(.text("hunter2"))
        func message(_ body: () throws -> Void) -> String? { #expect(throws: SQLError.self, performing: body)?.message }
        func wanted(_ type: String) -> String { "column 0 ('c0') holds text, which can't be read as \(type)" }
        #expect(message { _ = try row.decode(0, as: Date.self) } == wanted("Date"))
        #expect(message { _ = try row.decode(0, as: UUID.self) } == wanted("UUID"))
        #expect(message { _ = try row.decode("c0", as: Decimal.self) } == wanted("Decimal"))
        #expect(message { _ = try row.decode("c0", as: Data.self) } == wanted("Data"))
        #expect(message { _ = try row.decode(Status.self) } == wanted("Status"))
        #expect(message { _ = try row.decode(Level?.self) } == wanted("Optional<Level>"))
    }
}
