internal import PoolingCore
internal import Synchronization

/// The contract of ``PoolDriver`` as checks that any driver has to pass (the built-in ones do).
///
///     struct MyBackend: ConformanceSubject {
///         func makeDriver() -> MyDriver { MyDriver(port: 4000) }
///         func use(_ handle: MyHandle) async throws { try await handle.ping() }
///     }
///
///     @Test(arguments: DriverConformance(MyBackend()).checks)
///     func conforms(_ check: DriverCheck) async throws { try await check.run() }
///
/// What a subject does not tell is not checked: ``checks`` has only those that apply, and ``inapplicable`` names the
/// members that would open the others. The checks run one after the other, since they count the backend's sessions.
public struct DriverConformance<Subject: ConformanceSubject>: Sendable {
    public let subject: Subject
    private let books = SessionBooks()

    public init(_ subject: Subject) { self.subject = subject }

    /// Those that apply to the subject, in an order in which the first to fail explains the others.
    public var checks: [DriverCheck] {
        [connecting, ending, lending, returning, calling, breaking, limiting].flatMap { $0.compactMap(\.check) }
    }

    /// The checks that do not apply, each with the member of ``ConformanceSubject`` that is missing.
    public var inapplicable: [String: String] {
        let all = [connecting, ending, lending, returning, calling, breaking, limiting].joined()
        return Dictionary(uniqueKeysWithValues: all.compactMap { entry in entry.missing.map { (entry.name, $0) } })
    }

    /// Runs all of them and collects what fails.
    public func failures() async -> [String: any Error] {
        var failures: [String: any Error] = [:]
        for check in checks {
            do { try await check.run() } catch { failures[check.name] = error }
        }
        return failures
    }

    // MARK: What the checks have in common

    typealias Driver = Subject.Driver

    var patience: Duration { subject.patience }

    /// A pool for the time of `body`. It gives up in the end, so that a driver that keeps something does not stop it.
    func withPool<R: Sendable>(
        _ configuration: PoolConfiguration = PoolConfiguration(max: 1), _ driver: Driver? = nil,
        _ body: @escaping @Sendable (Pool<Driver>) async throws -> R
    ) async throws -> R {
        let made = try await makeDriver()
        let pool = try Pool(driver ?? made, name: "conformance", configuration: configuration)
        do {
            let result = try await body(pool)
            await pool.shutdown(within: patience)
            return result
        } catch {
            await pool.shutdown(within: .zero)
            throw error
        }
    }

    func makeDriver() async throws -> Driver {
        do { return try await subject.makeDriver() } catch { throw ConformanceFailure("makeDriver() throws: \(error)") }
    }

    /// One connection of the driver for the time of `body`, as the pool would treat it.
    func withConnection<R: Sendable>(
        _ body: @escaping @Sendable (Driver, Driver.Connection) async throws -> R
    ) async throws -> R {
        let driver = try await makeDriver()
        let connection = try await ends(within: patience, or: "connect() does not end within \(patience)") {
            try await driver.connect()
        }
        let result: Result<R, any Error>
        do { result = .success(try await body(driver, connection)) } catch { result = .failure(error) }
        try await close(connection, of: driver)
        return try result.get()
    }

    func close(_ connection: Driver.Connection, of driver: Driver) async throws {
        try await ends(within: patience, or: "close(_:reason:deadline:) does not end within \(patience)") {
            await driver.close(connection, reason: .shutdown, deadline: .now + .seconds(1))
        }
    }

    /// How many sessions there are before a check begins: as many as before the first one. Those of the check before may
    /// still be ending, since a server notices that later than the client.
    func sessionsBefore() async throws -> Int {
        guard let sessions = subject.sessions else { return 0 }
        let deadline = ContinuousClock.now + patience
        var count = try await sessions()
        while books.isMoreThanBefore(count), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
            count = try await sessions()
        }
        return count
    }

    /// Polled: a server may notice the end of a session later than the client.
    func demandSessions(_ expected: Int, _ sentence: (Int) -> String) async throws {
        guard let sessions = subject.sessions else { return }
        let deadline = ContinuousClock.now + patience
        var count = try await sessions()
        while count != expected, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
            count = try await sessions()
        }
        try demand(count == expected, sentence(count))
    }
}

/// The smallest number of sessions that was there before a check.
private final class SessionBooks: Sendable {
    private let least = Mutex<Int?>(nil)

    func isMoreThanBefore(_ count: Int) -> Bool {
        least.withLock { least in
            if let least, count > least { return true }
            least = count
            return false
        }
    }
}

/// One demand of the contract, for one driver.
public struct DriverCheck: Sendable, CustomStringConvertible {
    /// In words: what has to be so.
    public let name: String
    let body: @Sendable () async throws -> Void

    /// - Throws: ``ConformanceFailure`` with what the driver does instead.
    public func run() async throws { try await body() }

    public var description: String { name }
}

/// A check, or the reason why there is none.
struct ConformanceEntry: Sendable {
    var name: String
    var missing: String?
    var body: (@Sendable () async throws -> Void)?

    var check: DriverCheck? { body.map { DriverCheck(name: name, body: $0) } }

    init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        (self.name, self.body) = (name, body)
    }

    /// A check that needs a member of the subject.
    init<Member>(
        _ name: String, _ missing: String, _ member: Member?,
        _ body: @escaping @Sendable (Member) async throws -> Void
    ) where Member: Sendable {
        self.name = name
        if let member {
            self.body = { try await body(member) }
        } else {
            self.missing = missing
        }
    }
}
