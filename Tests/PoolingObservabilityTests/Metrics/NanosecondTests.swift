import PoolingCore
import Testing

@testable import PoolingObservability

@Suite struct NanosecondTests {
    @Test(arguments: [
        Duration.zero, .nanoseconds(1), .nanoseconds(-1), .microseconds(1500), .seconds(9), .seconds(10), .seconds(-10),
        .seconds(1_000_000_000), .seconds(Int64.max), Duration(attoseconds: 999_999_999),
    ])
    func `a duration has as many nanoseconds as the engine counts`(_ duration: Duration) {
        #expect(duration.shortInNanoseconds == duration.inNanoseconds)
    }
}
