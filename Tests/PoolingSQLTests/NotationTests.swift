import Foundation
import PoolingSQL
import Testing

@Suite("A UUID's text") struct UUIDNotationTests {
    @Test("is Foundation's in lower case, and read in any case")
    func random() async {
        for round in 0..<2000 {
            await breathe(round)
            let uuid = UUID()
            #expect(UUIDNotation.text(uuid) == uuid.uuidString.lowercased())
            #expect(UUIDNotation.uuid(uuid.uuidString) == uuid)
            #expect(UUIDNotation.uuid(uuid.uuidString.lowercased()) == uuid)
        }
        #expect(
            UUIDNotation.text(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))).allSatisfy {
                "0-".contains($0)
            })
    }

    @Test("is refused in any other form")
    func refusal() {
        let text = "0f9f98a1-b2c3-d4e5-f607-18293a4b5c6d"
        #expect(UUIDNotation.uuid(text) != nil)
        let others = [
            "", String(text.dropLast()), text + "0", "{\(text)}", text.filter { $0 != "-" },
            text.replacingOccurrences(of: "f", with: "g"), text.replacingOccurrences(of: "-", with: "_"),
            "0f9f98a-1b2c3-d4e5-f607-18293a4b5c6d", " f9f98a1-b2c3-d4e5-f607-18293a4b5c6d",
            "+f9f98a1-b2c3-d4e5-f607-18293a4b5c6d", "é9f98a1-b2c3-d4e5-f607-18293a4b5c6d",
        ]
        for other in others { #expect(UUIDNotation.uuid(other) == nil, "\(other)") }
        #expect(UUIDNotation.uuid([UInt8](repeating: 1, count: 15)) == nil)
        #expect(UUIDNotation.uuid([UInt8](repeating: 1, count: 17)) == nil)
    }
}

@Suite("A decimal's text") struct DecimalNotationTests {
    @Test(
        "is exact",
        arguments: [
            ("0", "0"), ("-0", "0"), ("1.10", "1.1"), ("+5", "5"), (".5", "0.5"), ("5.", "5"), ("1e3", "1000"),
            ("-1.5E-3", "-0.0015"), ("1e+2", "100"), ("000123.4500", "123.45"),
            ("99999999999999999999999999999999999999", "99999999999999999999999999999999999999"),
            ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
            ("340282366920938463463374607431768211455", "340282366920938463463374607431768211455"),
        ])
    func exact(text: String, wanted: String) throws {
        let decimal = try #require(DecimalNotation.decimal(text))
        #expect(DecimalNotation.text(decimal) == wanted)
    }

    @Test("comes back as the same number, whatever its digits and exponent")
    func roundTrip() async throws {
        var generator = SeededGenerator(state: 4)
        for round in 0..<2000 {
            await breathe(round)
            let digits = (0..<Int.random(in: 1...38, using: &generator)).map { _ in
                "\(Int.random(in: 0...9, using: &generator))"
            }
            let text = "-\(digits.joined())e\(Int.random(in: -127...89, using: &generator))"
            let decimal = try #require(Decimal(string: text))
            let written = try #require(DecimalNotation.text(decimal))
            #expect(DecimalNotation.decimal(written) == decimal)
        }
        for decimal in [Decimal.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastFiniteMagnitude, .pi] {
            #expect(DecimalNotation.text(decimal).flatMap { DecimalNotation.decimal($0) } == decimal)
        }
        #expect(DecimalNotation.text(.nan) == nil)
    }

    @Test("means the number that Foundation reads, around the edge between the short way and the long one")
    func foundation() async {
        var generator = SeededGenerator(state: 5)
        for round in 0..<2000 {
            await breathe(round)
            let digits = (0..<Int.random(in: 1...21, using: &generator)).map { _ in
                "\(Int.random(in: 0...9, using: &generator))"
            }
            for sign in ["", "-"] {
                let text = "\(sign)\(digits.joined())e\(Int.random(in: -22...22, using: &generator))"
                #expect(DecimalNotation.decimal(text) == Decimal(string: text), "\(text)")
                #expect(DecimalNotation.decimal(text)?.description == Decimal(string: text)?.description, "\(text)")
            }
        }
    }

    @Test(
        "is refused if it is no number, or one that would be rounded",
        arguments: [
            "", "-", ".", "e5", "1e", "1e5x", "12abc", "1,5", "1.2.3", " 1", "1 ", "0x10", "nan", "inf", "--1", "１",
            "12345678901234567890123456789012345678901", "999999999999999999999999999999999999999", "1e400", "1e-400",
            "1e99999999999999999999", "0.1234567890123456789012345678901234567890123",
        ])
    func refusal(text: String) {
        #expect(DecimalNotation.decimal(text) == nil)
    }
}
