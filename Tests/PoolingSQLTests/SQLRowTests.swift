import PoolingSQL
import Testing

@Suite("A row") struct SQLRowTests {
    let row = SQLRow(
        columns: SQLColumns(["id", "name", "score", "note", "flag"]),
        values: [.integer(7), .text("Ada"), .double(1.5), .null, .integer(1)])

    @Test("gives values by place and by name, and nil for what it does not have")
    func access() {
        #expect(row[0] == .integer(7))
        #expect(row["name"] == .text("Ada"))
        #expect(row[5] == nil)
        #expect(row[-1] == nil)
        #expect(row["nope"] == nil)
        #expect(Array(row.values).count == 5)
    }

    @Test("decodes columns by place and by name")
    func single() throws {
        #expect(try row.decode(0, as: Int.self) == 7)
        #expect(try row.decode("score", as: Double.self) == 1.5)
        #expect(try row.decode("note", as: String?.self) == nil)
        #expect(try row.decode("id", as: Double.self) == 7)
        #expect(try row.decode("flag", as: Bool.self))
    }

    @Test("decodes a tuple")
    func tuple() throws {
        let (id, name, score, note, flag) = try row.decode((Int, String, Double, String?, Bool).self)
        #expect(id == 7 && name == "Ada" && score == 1.5 && note == nil && flag)
        let only = SQLRow(columns: SQLColumns(["n"]), values: [.integer(3)])
        #expect(try only.decode(Int.self) == 3)
        #expect(try only.decode(Int?.self) == 3)
    }

    struct Person: Decodable, Equatable {
        enum Mood: String, Decodable { case good, bad }
        var id: Int64
        var name: String
        var score: Float
        var note: String?
        var absent: Int?
        var flag: Bool
    }

    @Test("decodes a Decodable by the names of its columns")
    func decodable() throws {
        let person = try row.decode(Person.self)
        #expect(person == Person(id: 7, name: "Ada", score: 1.5, note: nil, absent: nil, flag: true))
        let mood = SQLRow(columns: SQLColumns(["m"]), values: [.text("good")])
        #expect(try mood.decode(Person.Mood.self) == .good)
    }

    @Test("names the column and the kinds when a type does not match, never the value")
    func mismatch() {
        let error = #expect(throws: SQLError.self) { try row.decode("name", as: Int.self) }
        #expect(error?.kind == .typeMismatch)
        #expect(error?.message == "column 1 ('name') holds text, which can't be read as Int")
        #expect(throws: SQLError.self) { try row.decode("note", as: String.self) }
        #expect(throws: SQLError.self) { try row.decode((Int, String).self) }
        #expect(throws: SQLError.self) { try row.decode(Int.self) }
        let missing = #expect(throws: SQLError.self) { try row.decode("nme", as: String.self) }
        #expect(missing?.kind == .noSuchColumn)
        #expect(missing?.message.contains("name, score") == true)
    }

    @Test("refuses conversions that would lose something")
    func lossless() {
        #expect(Int8(sqlValue: .integer(200)) == nil)
        #expect(Int(sqlValue: .double(1.5)) == nil)
        #expect(Int(sqlValue: .double(2)) == 2)
        #expect(UInt64(sqlValue: .integer(-1)) == nil)
        #expect(Double(sqlValue: .integer(.max)) == nil)
        #expect(Bool(sqlValue: .integer(2)) == nil)
        #expect(Int(sqlValue: .text("1")) == nil)
    }

    @Test("shares names and values with its result, wide ones too")
    func wide() throws {
        let columns = SQLColumns((0..<40).map { "c\($0)" } + ["c3"])
        let cells = (0..<82).map { SQLValue.integer(Int64($0)) }
        let second = SQLRow(columns: columns, cells: cells, offset: 41)
        #expect(second["c39"] == .integer(80))
        #expect(second["c3"] == .integer(44))
        #expect(second[41] == nil)
        #expect(try second.decode(40, as: Int.self) == 81)
    }

    @Test("shows no value in its description")
    func secrets() {
        var dumped = ""
        dump(row, to: &dumped)
        #expect(row.description == "(id: integer, name: text, score: double, note: null, flag: integer)")
        #expect(!dumped.contains("Ada"))
    }

    @Test("of a result that failed is explained by an error with its marks")
    func errorDescription() {
        let error = SQLError(.busy, "the database is locked", sqlState: "55P03", vendorCode: 5)
        #expect("\(error)" == "the database is locked (busy, SQLSTATE 55P03, code 5)")
    }
}
