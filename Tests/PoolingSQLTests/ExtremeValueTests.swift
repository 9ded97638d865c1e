import Foundation
import PoolingSQL
import Testing

@Suite("Values from elsewhere") struct ExtremeValueTests {
    @Test("do not end the process as decimals", arguments: ["1e-9223372036854775808", "1e9223372036854775807"])
    func exponent(text: String) { #expect(Decimal(sqlValue: .text(text)) == nil) }
}
