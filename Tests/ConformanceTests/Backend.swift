import PoolingCore
import PoolingTestKit
import Synchronization

/// A backend in memory, for drivers that are right or wrong on purpose.
final class Backend: Sendable {
    struct State {
        var sessions: Set<Int> = []
        var next = 0
    }
    private let state = Mutex(State())

    var count: Int { state.withLock { $0.sessions.count } }

    func open() -> Int {
        state.withLock { state in
            state.next += 1
            state.sessions.insert(state.next)
            return state.next
        }
    }

    func isOpen(_ session: Int) -> Bool { state.withLock { $0.sessions.contains(session) } }
    func end(_ session: Int) { state.withLock { _ = $0.sessions.remove(session) } }
}

/// How a driver can break the contract; each is found by the checks.
enum Wrong: CaseIterable, Sendable {
    case validatesWithoutRoundTrip
    case validateAlwaysThrows
    case leavesSessionOpen
    case closeHangs
    case closeStopsWhenCancelled
    case connectHangs
    case connectIgnoresCancellation
    case connectEndsUnanswered
    case connectShowsPassword
    case connectsWhereRefused
    case isNeverReady
    case conditionIsSlow
    case letsAnybodyIn
    case letsTwoIn
    case tellsOwnErrorAfterLoan
    case hidesLitter
    case resetDoesNothing
    case resetThrows
    case hookUndeclared
    case callIgnoresCancellation
    case callPretendsSuccess
    case cancelHitsTheNext
    case blocksThreads
    case keepsTheDead
    case forgetsSessionOfTheDead
}

struct MemoryDriver: PoolDriver {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What the wire and the session are; quiescent between loans, hence a lock is enough.
    final class Connection: Sendable {
        struct State {
            var isLittered = false
            var isStopped = false
        }
        let backend: Backend
        let session: Int
        let gate = LoanGate()
        let state = Mutex(State())

        init(_ backend: Backend) {
            self.backend = backend
            session = backend.open()
        }
    }

    struct Handle: Sendable {
        let connection: Connection
        let loan: LoanID
        let wrong: Wrong?

        func ping() async throws { try await call { try $0.roundTrip() } }
        func litter() async throws { try await call { $0.state.withLock { $0.isLittered = true } } }
        func isLittered() async throws -> Bool { try await call { $0.state.withLock { $0.isLittered } } }

        /// Takes `span` if nobody stops it.
        func wait(_ span: Duration) async throws {
            try await call { connection in
                switch wrong {
                case .callIgnoresCancellation: await Task { try? await Task.sleep(for: span) }.value
                case .callPretendsSuccess: try? await Task.sleep(for: span)
                case .blocksThreads: Sleep.blockForItsTurns()
                case .cancelHitsTheNext:
                    do { try await Task.sleep(for: span) } catch {
                        connection.state.withLock { $0.isStopped = true }
                        throw error
                    }
                default:
                    let end = ContinuousClock.now + span
                    // Ends, too, when the connection is closed under it.
                    while ContinuousClock.now < end {
                        try await Task.sleep(for: .milliseconds(2))
                        try connection.roundTrip()
                    }
                }
            }
        }

        private func call<R>(_ body: (Connection) async throws -> R) async throws -> R {
            switch wrong {
            case .letsAnybodyIn, .letsTwoIn:
                // The second of the two still ends with its loan.
                if wrong == .letsTwoIn { try checkLoan() }
                return try await body(connection)
            case .tellsOwnErrorAfterLoan:
                do { try connection.gate.enter(loan) } catch { throw Failure(description: "closed") }
            default: try connection.gate.enter(loan)
            }
            defer { connection.gate.leave(loan) }
            try Task.checkCancellation()
            return try await body(connection)
        }

        private func checkLoan() throws {
            do {
                try connection.gate.enter(loan)
                connection.gate.leave(loan)
            } catch let error where error.code == .concurrentUse {}
        }
    }

    var backend: Backend
    var wrong: Wrong?
    /// Where connects get no answer, or no.
    var place = Place.there
    enum Place { case there, refuses, silent }

    func connect() async throws -> Connection {
        switch place {
        case .there: if wrong == .connectHangs { try? await Task.sleep(for: .seconds(3600)) }
        case .refuses where wrong == .connectsWhereRefused: break
        case .refuses: throw Failure(description: wrong == .connectShowsPassword ? "refused with hush" : "refused")
        case .silent where wrong == .connectEndsUnanswered: throw Failure(description: "reset")
        case .silent where wrong == .connectIgnoresCancellation:
            await Task { try? await Task.sleep(for: .seconds(3600)) }.value
        case .silent: try await Task.sleep(for: .seconds(3600))
        }
        return Connection(backend)
    }

    func validate(_ connection: Connection) async throws {
        switch wrong {
        case .validatesWithoutRoundTrip: return
        case .validateAlwaysThrows: throw Failure(description: "no")
        default: try connection.roundTrip()
        }
    }

    func close(_ connection: Connection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        switch wrong {
        case .leavesSessionOpen: return
        case .closeHangs: await Task { try? await Task.sleep(for: .seconds(3600)) }.value
        case .closeStopsWhenCancelled where Task.isCancelled: return
        case .forgetsSessionOfTheDead where !connection.backend.isOpen(connection.session):
            // Takes a new one to say goodbye, and forgets that.
            _ = connection.backend.open()
        default: connection.backend.end(connection.session)
        }
    }

    func lend(_ connection: Connection, loan: LoanID) -> Handle {
        connection.gate.open(loan)
        return Handle(connection: connection, loan: loan, wrong: wrong)
    }

    func reclaim(_ connection: Connection, loan: LoanID) { connection.gate.close() }

    func condition(of connection: Connection) -> ConnectionCondition {
        switch wrong {
        case .isNeverReady: return .suspect
        case .conditionIsSlow: Sleep.block(.microseconds(200))
        case .keepsTheDead: break
        default: if !connection.backend.isOpen(connection.session) { return .broken }
        }
        if wrong != .hidesLitter, connection.state.withLock({ $0.isLittered }) { return .dirty }
        return .ready
    }

    func reset(_ connection: Connection) async throws {
        switch wrong {
        case .resetDoesNothing: break
        case .resetThrows: throw Failure(description: "can't")
        default: connection.state.withLock { $0.isLittered = false }
        }
    }

    func verdict(on error: any Error) -> ErrorVerdict {
        wrong != .keepsTheDead && error is Failure ? .discard : .keep
    }

    var requiredHooks: DriverHooks {
        wrong == .hookUndeclared ? [.lend, .verdict] : [.lend, .condition, .reset, .verdict]
    }
}

extension MemoryDriver.Connection {
    func roundTrip() throws {
        let wasStopped = state.withLock { state in
            defer { state.isStopped = false }
            return state.isStopped
        }
        if wasStopped { throw MemoryDriver.Failure(description: "stopped by somebody else's cancellation") }
        if !backend.isOpen(session) { throw MemoryDriver.Failure(description: "the session has ended") }
    }
}
