import Dispatch
import Synchronization
import Testing

@testable import PoolingCore

@Suite("BlockingExecutor: one job at a time, on another's threads", .timeLimit(.minutes(1)))
struct SerialExecutorTests {
    let owner = BlockingExecutor(name: "test-owner", threads: 8)

    /// Who is inside, how many there were at most, and in which order.
    private final class Tally: Sendable {
        private let inside = Atomic<Int>(0)
        private let greatest = Atomic<Int>(0)
        private let numbers = Mutex<[Int]>([])

        var most: Int { greatest.load(ordering: .relaxed) }
        var order: [Int] { numbers.withLock { $0 } }

        func pass() {
            greatest.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            inside.subtract(1, ordering: .relaxed)
        }

        func note(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    @Test("never has two jobs at once")
    func serial() async throws {
        let serial = BlockingExecutor(serialOn: owner)
        let tally = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [owner] in
                    for round in 0..<500 {
                        if round % 3 == 0 { try await owner.run {} }
                        try await serial.run { tally.pass() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most == 1)
    }

    @Test("does its jobs in their order")
    func order() throws {
        let serial = BlockingExecutor(serialOn: owner)
        let tally = Tally()
        let (isTaken, mayGo, isDone) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        Task(executorPreference: serial) {
            isTaken.signal()
            mayGo.wait()
        }
        isTaken.wait()
        // Queued while its only turn is taken.
        for number in 0..<100 {
            Task(executorPreference: serial) {
                tally.note(number)
                if number == 99 { isDone.signal() }
            }
        }
        mayGo.signal()
        isDone.wait()
        #expect(tally.order == Array(0..<100))
    }

    @Test("knows its own thread, and the owner's other threads are not it")
    func current() async throws {
        let serial = BlockingExecutor(serialOn: owner)
        let other = BlockingExecutor(serialOn: serial)
        let owner = owner
        #expect(try await serial.run { serial.isCurrent && !owner.isCurrent && !other.isCurrent })
        #expect(try await owner.run { owner.isCurrent && !serial.isCurrent })
        #expect(try await other.run { other.isCurrent && !serial.isCurrent })
        #expect(!serial.isCurrent)
        let landed = try await Task(executorPreference: owner) {
            try await serial.withLanding { serial.isCurrent } && owner.isCurrent
        }.value
        #expect(landed)
    }

    @Test("goes first, and leaves the owner's other jobs a turn though it always has some")
    func priority() throws {
        var backlog = Backlog()
        let lane = BlockingLane()
        final class Tagged: BlockingCall {
            let tag: String
            init(_ tag: String) { self.tag = tag }
        }
        func next() -> String? {
            guard let (job, lane) = backlog.take(), case .call(let call) = job else { return nil }
            if let lane { backlog.finish(lane) }
            return (call as? Tagged)?.tag
        }
        for _ in 0..<3 { backlog.append(.call(Tagged("other")), isReturning: false) }
        backlog.append(.call(Tagged("returning")), isReturning: true)
        for _ in 0..<40 { backlog.append(.call(Tagged("lane")), in: lane) }
        #expect(backlog.count == 5)
        var order: [String] = []
        while let tag = next() { order.append(tag) }
        #expect(order.count == 44)
        #expect(order.firstIndex(of: "other") == 16)
        #expect(order.lastIndex(of: "lane").map { $0 < order.lastIndex(of: "returning") ?? 0 } == true)
        // While one of its jobs is being done no other is given out.
        backlog.append(.call(Tagged("a")), in: lane)
        backlog.append(.call(Tagged("b")), in: lane)
        let first = backlog.take()
        #expect(first != nil && backlog.take() == nil)
        backlog.finish(lane)
        #expect(next() == "b" && backlog.isEmpty)
    }

    @Test("works on when its owner is let go of")
    func outlives() async throws {
        var owner: BlockingExecutor? = BlockingExecutor(name: "test-gone", threads: 2)
        let serial = BlockingExecutor(serialOn: try #require(owner))
        owner = nil
        #expect(try await serial.run { serial.isCurrent })
    }
}
