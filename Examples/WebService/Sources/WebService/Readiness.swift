import ServiceLifecycle
import Synchronization

/// Says that the service is about to leave, before it does: whoever spreads the requests has to hear of it first.
///
/// Services end in the reverse of the order in which they were named. This one is named last, so that until it has ended
/// the server goes on serving.
final class Readiness: Service {
    private let leaving = Atomic<Bool>(false)
    private let notice: Duration

    /// - Parameter notice: how long it takes until everybody has asked again.
    init(notice: Duration) { self.notice = notice }

    var isLeaving: Bool { leaving.load(ordering: .relaxed) }

    func run() async throws {
        try await gracefulShutdown()
        leaving.store(true, ordering: .relaxed)
        try await Task.sleep(for: notice)
    }
}
