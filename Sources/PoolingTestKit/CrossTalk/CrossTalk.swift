public import PoolingCore
internal import Synchronization

/// Borrowers by the dozen on few connections, each of whom asks for an answer that is his alone. Some are cancelled and
/// some reach a deadline, at moments that are drawn to lie around the arrival of the answer: whoever gets another one's
/// was given a connection with something left to read, or stopped by a request that was meant for another (F11, F12).
///
/// Best through a ``FaultProxy`` that slices. What is drawn follows from the seed; what the clock makes of it does not.
public struct CrossTalk<Subject: CrossTalkSubject>: Sendable {
    let subject: Subject
    let pool: Pool<Subject.Driver>
    private let seed: UInt64
    private let executors: [(any TaskExecutor)?]

    /// - Parameters:
    ///   - pool: nobody else uses it meanwhile.
    ///   - executors: where borrowers live, each in turn, as many as there are; nil: on Swift's own executor.
    public init(
        _ subject: Subject, on pool: Pool<Subject.Driver>, seed: UInt64, executors: [(any TaskExecutor)?]
    ) {
        self.subject = subject
        self.pool = pool
        self.seed = seed
        self.executors = executors
    }

    /// Asks `count` questions, then compares what the pool and the backend know of their connections.
    ///
    /// - Parameter progress: told now and then how many were asked.
    public func run(_ count: Int, progress: (@Sendable (Int) -> Void)? = nil) async throws -> CrossTalkReport {
        let asked = Count()
        var report = await withTaskGroup(of: CrossTalkReport.self) { group in
            for (client, executor) in executors.enumerated() {
                group.addTask(executorPreference: executor) {
                    var borrower = Borrower(self, client, executor, seed: seed)
                    while true {
                        let number = asked.next()
                        if number > count { return borrower.report }
                        await borrower.ask(number)
                        if number % max(count / 20, 1) == 0 { progress?(number) }
                    }
                }
            }
            return await group.reduce(into: CrossTalkReport()) { $0.add($1) }
        }
        try await account(into: &report)
        return report
    }

    private final class Count: Sendable {
        private let count = Atomic<Int>(0)
        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }

    /// One of those who ask, one question after the other.
    private struct Borrower {
        private let talk: CrossTalk
        private let name: Int
        private let executor: (any TaskExecutor)?
        private var dice: Dice
        /// How long an answer takes, in nanoseconds: what moments are drawn around.
        private var usual: Int64 = 2_000_000
        var report = CrossTalkReport()

        init(_ talk: CrossTalk, _ name: Int, _ executor: (any TaskExecutor)?, seed: UInt64) {
            self.talk = talk
            self.name = name
            self.executor = executor
            dice = Dice(seed: seed &+ UInt64(name) &* 0x9E37_79B9_7F4A_7C15)
        }

        mutating func ask(_ number: Int) async {
            let draw = dice.below(8)
            // Of those that are to be stopped some take long enough to be stopped, and some are over by then.
            let question = CrossTalkQuestion(
                nonce: "\(name).\(number).\(dice.word())", way: dice.below(1 << 16),
                padding: dice.below(4) == 0 ? dice.below(4000) : 0,
                work: .microseconds(draw < 4 && dice.below(2) == 0 ? dice.below(20_000) : 0))
            let moment = Duration.nanoseconds(dice.span(0, 2 * usual))
            report.asked += 1
            let began = ContinuousClock.now
            do {
                let answer: String
                switch draw {
                case 0, 1: answer = try await cancelled(question, after: moment)
                case 2, 3: answer = try await talk.put(question, endingAfter: moment)
                default:
                    answer = try await talk.put(question)
                    // Of those that nobody disturbs.
                    let took = began.duration(to: .now) / .nanoseconds(1)
                    usual += (Int64(min(took, 1e9)) - usual) / 16
                }
                report.answered += 1
                if answer != question.nonce { report.note("asked for \(question.nonce) and was told \(answer)") }
            } catch is CancellationError where draw < 2 {
                report.cancelled += 1
            } catch {
                switch talk.subject.ending(of: error) {
                case .stopped where draw == 2 || draw == 3: report.stopped += 1
                case .uncertain where draw < 4: report.uncertain += 1
                default: report.note("\(question.nonce) ended with \(error)")
                }
            }
        }

        private func cancelled(_ question: CrossTalkQuestion, after moment: Duration) async throws -> String {
            let talk = talk
            let task = Task(executorPreference: executor) { try await talk.put(question) }
            try? await Task.sleep(for: moment)
            task.cancel()
            return try await task.value
        }
    }

    /// - Parameter span: from the begin of the loan.
    private func put(_ question: CrossTalkQuestion, endingAfter span: Duration? = nil) async throws -> String {
        try await pool.withConnection { handle in
            var question = question
            question.deadline = span.map { .now + $0 }
            return try await subject.ask(question, through: handle)
        }
    }
}
