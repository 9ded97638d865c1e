public import PoolingCore

/// What a driver's author tells ``DriverConformance`` of the backend: one small type beside the driver.
///
/// Two members are needed; each of the others opens the checks that depend on it. A subject stands for one backend (a
/// server, a file) that the checks have to themselves while they run.
public protocol ConformanceSubject: Sendable {
    associatedtype Driver: PoolDriver

    /// A driver for the backend, as a user would make it.
    func makeDriver() async throws -> Driver

    /// A short round trip through the handle, as a borrower would make it, that throws unless its answer is right.
    func use(_ handle: Driver.Handle) async throws

    // Everything below has a default, nil: the backend has no such thing.

    /// One call that takes a minute if nobody stops it (`SELECT pg_sleep(60)`).
    var longCall: ConformanceCall<Driver>? { get }
    /// Leaves behind what a next borrower must not find: an open transaction, a temporary table, a changed setting.
    var litter: ConformanceCall<Driver>? { get }
    /// Throws if something of ``litter`` is left.
    var inspection: ConformanceCall<Driver>? { get }
    /// Asked during a loan for something that ends the connection's session from outside, then or later: with the
    /// server's own command for it, through another connection, or by cutting the wire.
    var executioner: ConformanceExecutioner<Driver>? { get }
    /// How many sessions the backend counts, of whatever makes them. Polled until it is as expected.
    var sessions: ConformanceCount? { get }
    /// A driver for a place where nobody answers, or that refuses (a closed port, a wrong password).
    var refused: ConformancePlace<Driver>? { get }
    /// A driver whose `connect` gets no answer at all: a listener that never accepts.
    var unanswered: ConformancePlace<Driver>? { get }
    /// Passwords and tokens that no error may show.
    var secrets: [String] { get }
    /// How long the backend may take for what is quick. Generous: a busy machine is no fault of a driver's.
    var patience: Duration { get }
}

// Spelt out where the subject is written, these would be other types in a module that is built with
// NonisolatedNonsendingByDefault: its members would be none of the protocol's, and their checks would not apply.

public typealias ConformanceCall<Driver: PoolDriver> = @Sendable (Driver.Handle) async throws -> Void

public typealias ConformanceExecutioner<Driver: PoolDriver> =
    @Sendable (Driver.Handle) async throws -> @Sendable () async throws -> Void

public typealias ConformanceCount = @Sendable () async throws -> Int

public typealias ConformancePlace<Driver: PoolDriver> = @Sendable () async throws -> Driver

extension ConformanceSubject {
    public var longCall: ConformanceCall<Driver>? { nil }
    public var litter: ConformanceCall<Driver>? { nil }
    public var inspection: ConformanceCall<Driver>? { nil }
    public var executioner: ConformanceExecutioner<Driver>? { nil }
    public var sessions: ConformanceCount? { nil }
    public var refused: ConformancePlace<Driver>? { nil }
    public var unanswered: ConformancePlace<Driver>? { nil }
    public var secrets: [String] { [] }
    public var patience: Duration { .seconds(20) }
}
