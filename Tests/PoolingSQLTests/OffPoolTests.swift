import Foundation
import PoolingCore
import Testing

@testable import PoolingSQL

@Suite("Calls that block", .timeLimit(.minutes(1)))
struct OffPoolTests {
    /// Blocks a thread until it is let go.
    private final class Hold: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func wait() { semaphore.wait() }
        func letGo() { semaphore.signal() }
    }

    @Test("F15, F23: are given up on at the deadline, and when the task is cancelled, though they go on")
    func givenUp() async throws {
        let hold = Hold()
        await #expect(throws: OffPool.DeadlinePassed.self) {
            try await OffPool.run(on: OffPool.resolver, until: .now + 20_000_000) { hold.wait() }
        }
        let task = Task {
            try await OffPool.run(on: OffPool.resolver, until: .distantFuture) { hold.wait() }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for _ in 0..<2 { hold.letGo() }
    }

    @Test("return what they return, also to a cancelled task that wants to know, and throw what they throw")
    func answers() async throws {
        struct Refusal: Error {}
        #expect(try await OffPool.run(on: OffPool.resolver, until: .distantFuture) { 7 } == 7)
        await #expect(throws: Refusal.self) {
            try await OffPool.run(on: OffPool.resolver, until: .distantFuture) { throw Refusal() }
        }
        let hold = Hold()
        let task = Task {
            try await OffPool.run(on: OffPool.resolver, until: .distantFuture, isCancellable: false) {
                hold.wait()
                return 7
            }
        }
        task.cancel()
        hold.letGo()
        #expect(try await task.value == 7)
    }

    @Test("addresses in digits stay what they are, names have some, and others are refused with their name")
    func resolution() async throws {
        #expect(try await Resolution.addresses(of: "127.0.0.1", until: .distantFuture) == ["127.0.0.1"])
        #expect(try await Resolution.addresses(of: "localhost", until: .distantFuture).isEmpty == false)
    }
}
