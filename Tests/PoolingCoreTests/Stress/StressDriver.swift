import PoolingCore
import Synchronization

/// Connections that notice a second holder, and that nobody may hold once they are closed.
final class StressDriver: PoolDriver {
    final class Connection: Sendable {
        /// Who is on it: nobody, a borrower, or the driver that closed it.
        let state = Atomic<Int>(0)
        let ground = Ground(slots: 1)
    }

    struct Books: Sendable {
        var connected = 0
        var closed = 0
        var closedTwice = 0
        var closedInUse = 0
    }

    let books = Shared(Books())
    let disturbed = Atomic<Int>(0)

    func connect() async throws -> Connection {
        books.change { $0.connected += 1 }
        return Connection()
    }

    func validate(_ connection: Connection) async throws {
        if connection.state.exchange(1, ordering: .relaxed) != 0 { disturbed.wrappingAdd(1, ordering: .relaxed) }
        connection.state.store(0, ordering: .relaxed)
    }

    func close(_ connection: Connection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        let before = connection.state.exchange(2, ordering: .relaxed)
        books.change {
            $0.closed += 1
            if before == 1 { $0.closedInUse += 1 }
            if before == 2 { $0.closedTwice += 1 }
        }
    }

    /// What a borrower does first and last. The exchange finds two holders, the ground lets ThreadSanitizer see whether
    /// one was ordered after the other.
    func take(_ connection: Connection) {
        if connection.state.exchange(1, ordering: .relaxed) != 0 { disturbed.wrappingAdd(1, ordering: .relaxed) }
        connection.ground.tread(0, as: 1)
    }

    func giveBack(_ connection: Connection) {
        connection.ground.tread(0, as: 1)
        if connection.state.exchange(0, ordering: .relaxed) != 1 { disturbed.wrappingAdd(1, ordering: .relaxed) }
    }
}
