internal import Synchronization

/// Event loops that take turns.
public final class EventLoopGroup: Sendable {
    public let executors: [EventLoopExecutor]
    private let turn = Atomic<UInt>(0)

    /// - Parameter loops: 0 and less count as 1.
    public init(loops: Int, name: String = "event-loop") {
        executors = (0..<max(loops, 1)).map { EventLoopExecutor(name: "\(name)-\($0)") }
    }

    /// Each in turn.
    public func next() -> EventLoopExecutor {
        executors[Int(turn.add(1, ordering: .relaxed).oldValue % UInt(executors.count))]
    }
}
