import Foundation
import PoolingSQL
import TestServers
import Testing

@testable import PGDriver

@Suite("An array") struct ArrayTests {
    @Test("is written in the server's notation and read from it")
    func notation() throws {
        func check<Element: SQLEncodable & SQLDecodable & Equatable>(_ elements: [Element], _ text: String) {
            #expect(PostgresArray(elements).sqlValue == .text(text))
            #expect(PostgresArray<Element>(sqlValue: .text(text))?.elements == elements, "\(text)")
        }
        check([1, -2], "{1,-2}")
        check([Int](), "{}")
        check([1, nil, 3], "{1,NULL,3}")
        check(
            ["a", "", "NULL", "null", "a b", "a\"b", "a\\b", "{x}", "é,"],
            #"{a,"","NULL","null","a b","a\"b","a\\b","{x}","é,"}"#)
        check([true, false], "{t,f}")
        check([1.5, 2], "{1.5,2}")
        check([[0, 255] as [UInt8]], #"{"\\x00ff"}"#)
        check([UUID(uuidString: "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6")!], "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}")
        check([Date(timeIntervalSince1970: 0.5)], #"{"1970-01-01 00:00:00.5+00"}"#)
        check([Decimal(string: "12345678901234567890.5")!], "{12345678901234567890.5}")
        check([PostgresArray([1, 2]), PostgresArray([3, 4])], "{{1,2},{3,4}}")
        #expect(PostgresArray<Int>(sqlValue: .text("[2:3]={1,2}")) == [1, 2])
        #expect(PostgresArray<PostgresArray<String>>(sqlValue: .text(#"{{"a,}",b}}"#)) == [["a,}", "b"]])
    }

    @Test(
        "that is none, or of something else, is refused",
        arguments: [
            "", "{", "}", "{1", "1}", "{1,}", "{,1}", "{a}", "{1}2", "{\"1}", "{1,{2}}", "{\\}", "[1:2{1}", "{}}",
            "{{}",
        ])
    func refused(text: String) {
        #expect(PostgresArray<Int>(sqlValue: .text(text)) == nil)
        _ = PostgresArray<String>(sqlValue: .text(text))
        _ = PostgresArray<PostgresArray<Int>>(sqlValue: .text(text))
    }

    @Test("without a NULL among its elements can be read without optionals, with one it can't")
    func nulls() {
        #expect(PostgresArray<Int>(sqlValue: .text("{1,NULL}")) == nil)
        #expect(PostgresArray<Int>(sqlValue: .integer(1)) == nil)
        #expect(PostgresArray<String>(sqlValue: .text("{\"NULL\"}")) == ["NULL"])
    }
}

@Suite("An interval") struct IntervalTests {
    @Test("reads what it writes, whatever its parts")
    func roundTrip() {
        var generator = SystemRandomNumberGenerator()
        let parts: [Int32] = [0, 1, -1, 11, 12, -13, .max, .min]
        let times: [Int64] = [0, 1, -1, 59_999_999, 3_600_000_000, -86_400_000_000, .max, .min]
        for _ in 0..<2000 {
            let interval = PostgresInterval(
                months: Bool.random(using: &generator)
                    ? parts.randomElement(using: &generator)! : .random(in: .min ... .max),
                days: Bool.random(using: &generator)
                    ? parts.randomElement(using: &generator)! : .random(in: .min ... .max),
                microseconds: Bool.random(using: &generator)
                    ? times.randomElement(using: &generator)! : .random(in: .min ... .max))
            #expect(PostgresInterval(interval.description) == interval, "\(interval)")
        }
    }

    @Test("is made of a duration")
    func duration() {
        #expect(PostgresInterval(.milliseconds(1500)).description == "00:00:01.5")
        #expect(PostgresInterval(.milliseconds(-1500)).microseconds == -1_500_000)
        #expect(PostgresInterval(.seconds(Int64.max)).microseconds == .max)
        #expect(PostgresInterval(.seconds(Int64.min)).microseconds == .min)
    }

    @Test(
        "in another notation is refused",
        arguments: [
            "", " ", "1", "1 week", "1 day 2", "01:02", "01:60:00", "01:00:60", "1:2:3:4", "1 day 01:00:00 2 days",
            "--1 day",
            "01:00:00.", "01:00:00.1234567", "99999999999999999999:00:00", "3000000000 days", "200000000 years",
            "-:-:-", "1  day",
        ])
    func refused(text: String) { #expect(PostgresInterval(text) == nil) }
}
