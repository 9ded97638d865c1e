internal import Foundation
internal import Histogram
internal import PoolingTestKit
internal import Synchronization

/// Operations that arrive at random moments (a Poisson process), whatever becomes of those before: as requests of many
/// users do.
///
/// Each is timed from the moment at which it was to arrive, not from that at which it was begun. So what a stalled pool
/// keeps from beginning counts with all the time that it has waited; clients that wait for each answer before they ask
/// again would have left it out (coordinated omission).
struct OpenLoop: Sendable {
    let plan: RunPlan
    /// Where the next operation's task lives.
    let executor: @Sendable () -> (any TaskExecutor)?
    /// Carries out one, and says when it had its connection.
    let perform: @Sendable (_ choice: UInt64) async throws -> Int64

    /// More are not begun: memory has to have a bound where nothing is answered.
    static let mostUnderWay = 20_000

    struct Result: Sendable {
        var records: [ClientRecord]
        var dropped: Int
        /// While the clock ran, begun or not.
        var arrived: Int
    }

    /// Returns when the last operation has ended.
    func run(_ clock: RunClock) async -> Result {
        let book = OpenLoopBook(clock: clock)
        await withCheckedContinuation { continuation in
            let thread = Thread {
                let arrivals = send(book)
                arrivals.notify(queue: .global()) { continuation.resume() }
            }
            thread.name = "arrivals"
            thread.start()
        }
        return book.result
    }

    /// On a thread of its own, which keeps to the times better than a task would.
    private func send(_ book: OpenLoopBook) -> DispatchGroup {
        let arrivals = DispatchGroup()
        var series = RequestSeries(rate: plan.rate ?? 1, seed: plan.seed)
        let began = book.clock.begin - plan.warmup.nanoseconds
        while true {
            let request = series.next()
            let (arrival, overflow) = began.addingReportingOverflow(request.arrival)
            guard !overflow, arrival < book.clock.end else { break }
            Self.sleep(until: arrival)
            if book.begin(arrival: arrival) {
                let choice = request.choice
                arrivals.enter()
                Task(executorPreference: executor()) {
                    await one(choice, arrival: arrival, book)
                    arrivals.leave()
                }
            }
        }
        return arrivals
    }

    private func one(_ choice: UInt64, arrival: Int64, _ book: OpenLoopBook) async {
        do {
            let acquired = try await perform(choice)
            book.end(choice, arrival: arrival, acquired: acquired)
        } catch {
            book.fail(choice, error)
        }
    }

    private static func sleep(until due: Int64) {
        while true {
            let left = due - RunClock.now()
            if left <= 0 { return }
            var span = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            nanosleep(&span, nil)
        }
    }
}

/// What the operations of an ``OpenLoop`` saw. In several parts, so that they do not wait for each other to write it down.
final class OpenLoopBook: Sendable {
    let clock: RunClock
    private let parts: [Part]
    private let underWay = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)
    private let arrived = Atomic<Int>(0)

    private final class Part: Sendable {
        let record: Mutex<ClientRecord>
        init(_ record: ClientRecord) { self.record = Mutex(record) }
    }

    init(clock: RunClock) {
        self.clock = clock
        parts = (0..<16).map { Part(ClientRecord(client: $0, clock: clock)) }
    }

    /// - Returns: false if too many are under way.
    func begin(arrival: Int64) -> Bool {
        if arrival >= clock.begin, arrival < clock.end { arrived.wrappingAdd(1, ordering: .relaxed) }
        if underWay.load(ordering: .relaxed) >= OpenLoop.mostUnderWay {
            dropped.wrappingAdd(1, ordering: .relaxed)
            return false
        }
        underWay.wrappingAdd(1, ordering: .relaxed)
        return true
    }

    func end(_ choice: UInt64, arrival: Int64, acquired: Int64) {
        let ended = RunClock.now()
        underWay.wrappingSubtract(1, ordering: .relaxed)
        parts[Int(choice % UInt64(parts.count))].record.withLock {
            $0.count(arrivedAt: arrival, acquired: acquired, to: ended)
        }
    }

    func fail(_ choice: UInt64, _ error: any Error) {
        underWay.wrappingSubtract(1, ordering: .relaxed)
        parts[Int(choice % UInt64(parts.count))].record.withLock { $0.fail(error) }
    }

    var result: OpenLoop.Result {
        OpenLoop.Result(
            records: parts.map { $0.record.withLock { $0 } }, dropped: dropped.load(ordering: .relaxed),
            arrived: arrived.load(ordering: .relaxed))
    }
}

extension ClientRecord {
    /// One of those that arrived while the clock ran, whenever it ended: to leave out what is late would be to leave out
    /// what is slow.
    fileprivate mutating func count(arrivedAt arrival: Int64, acquired: Int64, to ended: Int64) {
        // What is done while the clock runs is the throughput, whenever it came.
        if ended >= clock.begin, ended < clock.end {
            tally(wait: acquired - arrival, at: ended)
        }
        guard arrival >= clock.begin, arrival < clock.end else { return }
        latency.record(min(UInt64(max(ended - arrival, 0)), Self.longest))
        acquire.record(min(UInt64(max(acquired - arrival, 0)), Self.longest))
    }
}
