import Foundation

/// Real threads, since tasks would take turns.
enum Threads {
    /// How long one hammering lasts: long enough for millions of loans.
    static let span: Duration = .seconds(1)

    /// Runs `body` on `count` threads at once, and returns when all have ended. `body` is told its thread's number, and
    /// when to stop.
    static func run(_ count: Int, _ body: @escaping @Sendable (Int, ContinuousClock.Instant) -> Void) async {
        let end = ContinuousClock.now + span
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        let thread = Thread {
                            body(number, end)
                            continuation.resume()
                        }
                        thread.start()
                    }
                }
            }
        }
    }
}

/// What a loan is good for: a place that only its holder may touch. Deliberately not atomic, so that two holders disturb
/// each other, and so that ThreadSanitizer sees it if the slot's word does not order them.
///
/// Sendable because that it is touched by one thread at a time is what the tests are about.
final class Ground: @unchecked Sendable {
    private let cells: UnsafeMutablePointer<Cell>
    private let count: Int

    struct Cell {
        var holder = -1
        var loans = 0
        var disturbed = 0
    }

    init(slots: Int) {
        count = slots
        cells = .allocate(capacity: slots)
        cells.initialize(repeating: Cell(), count: slots)
    }

    deinit { cells.deallocate() }

    /// Holds `slot` as `thread` for a moment.
    func tread(_ slot: Int, as thread: Int) {
        if cells[slot].holder != -1 { cells[slot].disturbed += 1 }
        cells[slot].holder = thread
        cells[slot].loans += 1
        if cells[slot].holder != thread { cells[slot].disturbed += 1 }
        cells[slot].holder = -1
    }

    /// How often somebody was met where nobody else should be. After all threads have ended.
    var disturbed: Int { (0..<count).reduce(0) { $0 + cells[$1].disturbed } }
    /// How often the ground was trodden; less than it should be if two did so at once.
    var loans: Int { (0..<count).reduce(0) { $0 + cells[$1].loans } }
}
