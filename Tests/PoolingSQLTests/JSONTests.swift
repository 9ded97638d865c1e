import Foundation
import PoolingSQL
import Testing

@Suite("JSON") struct JSONTests {
    struct Settings: Codable, Equatable {
        struct Font: Codable, Equatable { var name: String; var size: Double }
        enum Theme: String, Codable { case dark, light }
        var theme: Theme
        var fonts: [Font]
        var limits: [String: Int]
        var since: Date?
    }
    let settings = Settings(
        theme: .dark, fonts: [.init(name: "a/b \"é\" 🎈", size: 1.5)], limits: ["x": 1],
        since: Date(timeIntervalSince1970: 0.000_001))

    func row(_ value: SQLValue, _ name: String = "settings") -> SQLRow {
        SQLRow(columns: SQLColumns([name]), values: [value])
    }

    /// The message of the `SQLError` of kind `.typeMismatch` that reading `text` as settings throws.
    func message(_ text: String) -> String? {
        let error = #expect(throws: SQLError.self) { try row(.text(text)).decode(json: 0, as: Settings.self) }
        #expect(error?.kind == .typeMismatch)
        return error?.message
    }

    @Test("is bound by interpolation, sorted, with dates that others can read")
    func interpolation() throws {
        let query: SQLQuery = try "UPDATE t SET a = \(json: settings), b = \(json: nil as Settings?), c = \(1)"
        let text =
            #"{"fonts":[{"name":"a/b \"é\" 🎈","size":1.5}],"limits":{"x":1},"since":"1970-01-01T00:00:00.000001Z","theme":"dark"}"#
        #expect(query.binds == [.json(text), .null, .integer(1)])
        #expect(try ("\(json: [1, 2])" as SQLQuery).binds == [.json("[1,2]")])
        #expect(!"\(query)".contains("dark"))
        #expect(query.fingerprint != 0)
    }

    @Test("that can't be written is refused when the query is made, by type and place")
    func writing() {
        let bad = Settings(theme: .light, fonts: [.init(name: "hunter2", size: .nan)], limits: [:])
        let error = #expect(throws: SQLError.self) { _ = try "SELECT \(json: bad)" as SQLQuery }
        #expect(error?.kind == .typeMismatch)
        #expect(error?.message.contains("a Settings can't be written as JSON: 'fonts.[0].size'") == true)
        #expect(throws: SQLError.self) { try SQLJSON([Date(timeIntervalSince1970: 1e12)]) }
        #expect(throws: SQLError.self) { try SQLJSON(["a": Double.infinity]) }
    }

    @Test("is read by name and by place, from text and from JSON")
    func reading() throws {
        let text = try SQLJSON(settings).text
        #expect(try row(.text(text)).decode(json: "settings", as: Settings.self) == settings)
        #expect(try row(.json(text)).decode(json: 0, as: Settings.self) == settings)
        #expect(try row(.null).decode(json: 0, as: Settings?.self) == nil)
        #expect(try row(.text("null")).decode(json: 0, as: Settings?.self) == nil)
        #expect(try row(.text(" 5 ")).decode(json: 0) == 5)
        #expect(throws: SQLError.self) { try row(.null).decode(json: 0, as: Settings.self) }
        #expect(throws: SQLError.self) { try row(.integer(5)).decode(json: 0, as: Int.self) }
        #expect(throws: SQLError.self) { try row(.blob([0x35])).decode(json: 0, as: Int.self) }
        let missing = #expect(throws: SQLError.self) { try row(.null).decode(json: "nope", as: Int.self) }
        #expect(missing?.kind == .noSuchColumn)
        #expect(throws: SQLError.self) { try row(.null).decode(json: 1, as: Int.self) }
    }

    @Test("is a value among others in its wrapper")
    func wrapper() throws {
        let json = try SQLJSON(settings)
        #expect(json.sqlValue == .json(json.text))
        #expect(try row(.text(json.text)).decode(SQLJSON<Settings>.self) == json)
        #expect(try row(.null).decode(SQLJSON<Settings>?.self) == nil)
        #expect(SQLJSON<Settings>(sqlValue: .text("{")) == nil)
        #expect(SQLJSON<Settings>(sqlValue: .integer(1)) == nil)
        #expect(try Set([SQLJSON([1]), SQLJSON([1]), SQLJSON([2])]).count == 2)
    }

    @Test("that does not fit is told by its place, never by a value or a key that is data")
    func mismatch() {
        let start = "column 0 ('settings') holds text, which can't be read as JSON of Settings: "
        #expect(message("hunter2") == start + "it is not valid")
        #expect(message("") == start + "it is not valid")
        #expect(message("[]")?.hasPrefix(start + "the whole of it is not of the kind") == true)
        #expect(message(#"{"fonts":[]}"#) == start + "the whole of it has no key 'theme'")
        #expect(message(#"{"theme":"hunter2","fonts":[],"limits":{}}"#) == start + "'theme' is not valid")
        #expect(
            message(#"{"theme":"dark","fonts":[{"name":"x"}],"limits":{}}"#) == start + "'fonts.[0]' has no key 'size'")
        #expect(
            message(#"{"theme":"dark","fonts":[],"limits":{"hunter2":"hunter3"}}"#)?
                .hasPrefix(start + "'limits.[…]' is not of the kind") == true)
        #expect(message(#"{"theme":"dark","fonts":[],"limits":{},"since":5}"#)?.contains("'since'") == true)
        #expect(message(#"{"theme":"dark","fonts":[],"limits":{},"since":"5"}"#) == start + "'since' is not valid")
    }

    struct Account: Decodable, Equatable {
        enum State: String, Decodable { case active, gone }
        enum Rank: Int, Decodable { case first = 1 }
        var id: UUID
        var made: Date
        var balance: Decimal
        var photo: Data
        var state: State
        var rank: Rank
        var settings: Settings
        var tags: [String]
        var counts: [String: Int]
        var ended: Date?
        var other: Settings?
    }
    let id = UUID()

    func account(_ changes: [String: SQLValue] = [:]) throws -> SQLRow {
        var values: [String: SQLValue] = [
            "id": .text(id.uuidString), "made": .text("2024-02-29T00:00:00Z"), "balance": .text("12.50"),
            "photo": .blob([1, 2, 3]), "state": .text("gone"), "rank": .integer(1),
            "settings": .text(try SQLJSON(settings).text), "tags": .json("[\"a\",\"b\"]"),
            "counts": .text("{\"n\": 3}"), "ended": .null, "other": .null,
        ]
        values.merge(changes) { $1 }
        let names = values.keys.sorted()
        return SQLRow(columns: SQLColumns(names), values: names.map { values[$0] ?? .null })
    }

    @Test("is what nested types of a Decodable are read from, beside its other properties")
    func decodable() throws {
        let wanted = Account(
            id: id, made: Date(timeIntervalSince1970: 1_709_164_800), balance: Decimal(string: "12.5")!,
            photo: Data([1, 2, 3]), state: .gone, rank: .first, settings: settings, tags: ["a", "b"],
            counts: ["n": 3], ended: nil, other: nil)
        #expect(try account().decode(row: Account.self) == wanted)
        let other = try account(["other": .text(try SQLJSON(settings).text), "ended": .integer(0)])
        let read = try other.decode(Account.self)
        #expect(read.other == settings)
        #expect(read.ended == Date(timeIntervalSince1970: 0))
        let nested = #expect(throws: SQLError.self) { try account().decode([[Int]].self) }
        #expect(nested?.kind == .typeMismatch)
    }

    @Test("and everything else in a Decodable that does not fit is told by its column, never by its value")
    func decodableMismatch() throws {
        func message(_ column: String, _ value: SQLValue) throws -> String {
            let row = try account([column: value])
            let error = #expect(throws: SQLError.self) { try row.decode(row: Account.self) }
            #expect(error?.kind == .typeMismatch)
            return error?.message ?? ""
        }
        #expect(try message("state", .text("hunter2")).hasSuffix("('state') holds text, which can't be read as State"))
        #expect(try message("rank", .integer(77)).hasSuffix("('rank') holds integer, which can't be read as Rank"))
        #expect(try message("made", .text("hunter2")).hasSuffix("('made') holds text, which can't be read as Date"))
        #expect(try message("id", .null).hasSuffix("('id') holds null, which can't be read as UUID"))
        #expect(
            try message("tags", .text("hunter2")).hasSuffix("can't be read as JSON of Array<String>: it is not valid"))
        #expect(
            try message("settings", .integer(1)).hasSuffix(
                "('settings') holds integer, which can't be read as Settings"))
    }
}
