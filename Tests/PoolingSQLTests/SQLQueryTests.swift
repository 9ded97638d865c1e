import PoolingSQL
import Testing

@Suite("A query") struct SQLQueryTests {
    let question = SQLDialect(placeholders: .questionMark, identifierQuote: "\"")
    let dollar = SQLDialect(placeholders: .dollarNumber, identifierQuote: "`")

    func selection(_ id: Int) -> SQLQuery { "SELECT v FROM t WHERE id = \(id)" }

    @Test("binds what is interpolated and never splices it")
    func binds() {
        let name = "x'; DROP TABLE t; --"
        let query: SQLQuery = "SELECT * FROM t WHERE name = \(name) AND age > \(7) AND note IS \(nil as String?)"
        #expect(query.text(in: question) == "SELECT * FROM t WHERE name = ? AND age > ? AND note IS ?")
        #expect(query.text(in: dollar) == "SELECT * FROM t WHERE name = $1 AND age > $2 AND note IS $3")
        #expect(query.binds == [.text(name), .integer(7), .null])
    }

    @Test("quotes identifiers as its dialect wants, with quotes inside doubled")
    func identifiers() {
        let name = "a\"b`c"
        let query: SQLQuery = "SELECT 1 FROM \(identifier: name)"
        #expect(query.text(in: question) == "SELECT 1 FROM \"a\"\"b`c\"")
        #expect(query.text(in: dollar) == "SELECT 1 FROM `a\"b``c`")
    }

    @Test("can't be escaped from by a quote that a combining mark follows")
    func combiningMark() {
        let name = "a\"\u{301} --"
        let query: SQLQuery = "SELECT \(identifier: name)"
        #expect(Array(query.text(in: question).unicodeScalars) == Array("SELECT \"a\"\"\u{301} --\"".unicodeScalars))
    }

    @Test("pastes unsafe text as it is")
    func unsafe() {
        let query: SQLQuery = "SELECT \(unsafe: "a, b") FROM t LIMIT \(3)"
        #expect(query.text(in: question) == "SELECT a, b FROM t LIMIT ?")
        #expect(query.binds == [.integer(3)])
    }

    @Test("takes in another query with its values in their order")
    func composition() {
        let condition: SQLQuery = "a = \(1) AND b = \(2)"
        let query: SQLQuery = "SELECT \(0) WHERE \(condition) OR c = \(3)"
        #expect(query.text(in: dollar) == "SELECT $1 WHERE a = $2 AND b = $3 OR c = $4")
        #expect(query.binds == [.integer(0), .integer(1), .integer(2), .integer(3)])
        let placed = SQLQuery(unsafe: "x = ?", binds: [.text("x")])
        #expect(
            ("SELECT \(0) WHERE \(placed) AND y = \(9)" as SQLQuery).binds == [.integer(0), .text("x"), .integer(9)])
    }

    @Test("of one place in a program is known again whatever its values")
    func sameLiterals() {
        #expect(selection(1).hasSameLiterals(as: selection(2)))
        #expect(selection(1).withoutValues.hasSameLiterals(as: selection(3)))
        #expect(!selection(1).hasSameLiterals(as: "SELECT w FROM t WHERE id = \(1)"))
        #expect(!("SELECT \(1)" as SQLQuery).hasSameLiterals(as: "SELECT \(1), \(2)"))
    }

    @Test("with text of run time in it is never taken for another by its literals")
    func dynamic() {
        func table(_ name: String) -> SQLQuery { "SELECT * FROM \(identifier: name)" }
        #expect(!table("a").hasSameLiterals(as: table("a")))
    }

    @Test("shows no value in its description or mirror")
    func secrets() {
        let query: SQLQuery = "SELECT \("hunter2")"
        #expect(query.description == "SELECT ?")
        var dumped = ""
        dump(query, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(!"\(String(reflecting: query))".contains("hunter2"))
    }

    @Test("of one letter or of nothing works")
    func tiny() {
        #expect(("x" as SQLQuery).text(in: question) == "x")
        #expect(("" as SQLQuery).text(in: question) == "")
        #expect(("é\u{0}x" as SQLQuery).text(in: question) == "é\u{0}x")
        #expect(("\(1)" as SQLQuery).text(in: question) == "?")
    }
}
