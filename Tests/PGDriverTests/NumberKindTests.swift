import Foundation
import PGDriver
import PoolingSQL
import TestServers
import Testing

@Suite("Numbers of several kinds in one statement", .timeLimit(.minutes(1)))
struct NumberKindTests {
    @Test("F30: with a number of another kind it is another statement, whichever came first")
    func otherNumbers() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            func half(_ value: some SQLEncodable) async throws -> Double {
                try await handle.query("SELECT (\(value) / 2)::float8")[0].decode(Double.self)
            }
            for _ in 1...2 {
                #expect(try await half(3) == 1)
                #expect(try await half(3.0) == 1.5)
                #expect(try await half(5) == 2)
                #expect(try await half(Decimal(3)) == 1.5)
                #expect(try await half(7.0) == 3.5)
                #expect(try await half(3_000_000_001) == 1_500_000_000)
                #expect(try await half(3) == 1)
            }
            try await handle.execute("CREATE TEMP TABLE halves(h float8)")
            try await handle.batch([
                "INSERT INTO halves SELECT \(3) / 2", "INSERT INTO halves SELECT \(3.0) / 2",
                "INSERT INTO halves SELECT \(5) / 2",
            ])
            #expect(try await handle.text("SELECT string_agg(h::text, ',') FROM halves") == "1,1.5,2")
        }
    }
}
