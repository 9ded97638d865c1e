import PoolingCore
import PoolingTestKit
import Testing

@Suite("A driver that keeps the contract", .serialized) struct RightDriverTests {
    @Test("passes every check", .timeLimit(.minutes(2)), arguments: DriverConformance(MemorySubject()).checks)
    func passes(_ check: DriverCheck) async throws { try await check.run() }

    @Test("can be told in two members, and is told what is not checked then")
    func leastSubject() async throws {
        let conformance = DriverConformance(LeastSubject())
        let all = DriverConformance(MemorySubject()).checks.count
        #expect(conformance.checks.count + conformance.inapplicable.count == all)
        #expect(!conformance.checks.isEmpty)
        #expect(
            Set(conformance.inapplicable.values) == [
                "longCall", "litter and inspection", "executioner", "sessions", "refused", "unanswered",
            ])
        #expect(await conformance.failures().isEmpty)
    }

    private struct LeastSubject: ConformanceSubject {
        let backend = Backend()
        func makeDriver() -> MemoryDriver { MemoryDriver(backend: backend) }
        func use(_ handle: MemoryDriver.Handle) async throws { try await handle.ping() }
    }
}

/// Every check is failed by some driver, and every wrong driver fails with a sentence that says what is wrong.
@Suite("A driver that breaks the contract", .serialized) struct WrongDriverTests {
    @Test("is found", .timeLimit(.minutes(3)), arguments: Wrong.allCases)
    func isFound(_ wrong: Wrong) async throws {
        let (check, sentence) = wrong.isFoundBy
        let checks = DriverConformance(MemorySubject(wrong: wrong)).checks.filter { $0.name.contains(check) }
        try #require(checks.count == 1, "\(check)")
        let error = await #expect(throws: ConformanceFailure.self) { try await checks[0].run() }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
}

extension Wrong {
    /// Words of the check, and words of what it says.
    var isFoundBy: (check: String, sentence: String) {
        switch self {
        case .validatesWithoutRoundTrip: ("validate throws for", "must make a real round trip")
        case .validateAlwaysThrows:
            ("connect gives a connection that works", "validate(_:) throws for a connection that works")
        case .leavesSessionOpen: ("connect gives a connection that works", "still counts 1 sessions")
        case .closeHangs: ("close ends even if its deadline has passed", "waits on after its deadline")
        case .closeStopsWhenCancelled: ("close ends even if its task is cancelled", "leaves 1 sessions")
        case .connectHangs: ("connect gives a connection that works", "connect() does not end")
        case .connectIgnoresCancellation: ("a connect without an answer", "after its task was cancelled")
        case .connectEndsUnanswered: ("a connect without an answer", "ends by itself")
        case .connectShowsPassword: ("in a sentence without a secret", "shows a secret")
        case .connectsWhereRefused: ("in a sentence without a secret", "although it was refused")
        case .isNeverReady: ("a new connection is ready", "not .ready")
        case .conditionIsSlow: ("a new connection is ready", "must do no I/O")
        case .letsAnybodyIn: ("a handle refuses after its loan", "is not refused")
        case .letsTwoIn: ("a second call at once", "has to be refused")
        case .tellsOwnErrorAfterLoan: ("a handle of an earlier loan", "is not refused by the pool's own error")
        case .hidesLitter: ("what one borrower leaves behind", "condition(of:) has to say .dirty")
        case .resetDoesNothing: ("reset makes a littered connection ready", "not .ready")
        case .resetThrows: ("reset makes a littered connection ready", "reset(_:) throws")
        case .hookUndeclared: ("nor if the body throws", "among requiredHooks")
        case .callIgnoresCancellation: ("a call that runs ends", "after its task was cancelled")
        case .callPretendsSuccess: ("a call that runs ends", "as if it had done its work")
        case .cancelHitsTheNext: ("the next borrower's call is not hit", "the next borrower's call fails")
        case .blocksThreads: ("the threads of Swift's pool stay free", "belongs on a BlockingExecutor")
        case .keepsTheDead: ("a session that ends during a loan", "condition(of:) or verdict(on:) has to tell")
        case .forgetsSessionOfTheDead: ("closing a session that has ended", "still counts 1 sessions")
        }
    }
}
