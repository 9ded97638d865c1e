import PoolingCore
import Testing

/// One combination of the matrix: which call of the driver, how it goes, and when the borrower who caused it, or waits
/// for its end, is cancelled.
struct Cell: Sendable, CustomStringConvertible {
    enum Call: CaseIterable { case connect, validate, reset, prepare, close }

    enum Behaviour: CaseIterable {
        case ok, error
        /// Ends after its deadline, deaf to cancellation, and before it is given up on.
        case slow
        /// Does not end as long as the pool lives, deaf to cancellation.
        case never
    }

    enum Cancellation: CaseIterable { case none, before, during, after }

    let call: Call
    let behaviour: Behaviour
    let cancellation: Cancellation

    var description: String { "\(call) \(behaviour), cancellation \(cancellation)" }

    static func all(of call: Call) -> [Cell] {
        Behaviour.allCases.flatMap { behaviour in
            Cancellation.allCases.map { Cell(call: call, behaviour: behaviour, cancellation: $0) }
        }
    }
}

/// The call that a cell is about: the first of its kind after ``arm()``. All others go well.
final class CallUnderTest: Sendable {
    static let deadline = Duration.milliseconds(20)
    static let slowness = Duration.milliseconds(60)

    let entered = Gate()
    let left = Gate()
    /// Opened by the test: until then the call has begun and does nothing.
    let mayProceed = Gate()
    /// Opened when the pool is gone.
    let end = Gate()
    private let behaviour: Cell.Behaviour
    private let isArmed = Shared(false)

    init(_ behaviour: Cell.Behaviour) { self.behaviour = behaviour }

    func arm() { isArmed.change { $0 = true } }

    func run() async throws {
        let isMeant = isArmed.change { isArmed in
            defer { isArmed = false }
            return isArmed
        }
        guard isMeant else { return }
        entered.open()
        await mayProceed.wait()
        defer { left.open() }
        switch behaviour {
        case .ok: break
        case .error: throw FakeFailure()
        case .slow: await Task.detached { try? await Task.sleep(for: Self.slowness) }.value
        case .never: await end.wait()
        }
    }

    /// A driver that makes this call where `cell` says.
    func driver(for cell: Cell) -> ScriptedDriver {
        var script = ScriptedDriver.Script()
        switch cell.call {
        case .connect: script.connect = { _ in try await self.run() }
        case .validate: script.validate = { _ in try await self.run() }
        case .reset:
            script.reset = { connection in
                try await self.run()
                connection.condition.change { $0 = .ready }
            }
        case .prepare: script.prepare = { _ in try await self.run() }
        case .close: script.close = { _ in try? await self.run() }
        }
        return ScriptedDriver(script, hooks: cell.call == .prepare ? .all : [.lend, .condition, .reset, .verdict])
    }
}

/// An acquire of a cell, how it ended and how long that took.
struct Acquire: Sendable {
    enum Outcome: Sendable, Equatable { case served, cancelled, refused(PoolError.Code), other(String) }
    let outcome: Outcome
    let took: Duration
    let endedAt: ContinuousClock.Instant

    static func of(_ pool: Pool<ScriptedDriver>, within timeout: Duration) async -> Acquire {
        let began = ContinuousClock.now
        func ended(_ outcome: Outcome, at end: ContinuousClock.Instant = .now) -> Acquire {
            Acquire(outcome: outcome, took: end - began, endedAt: end)
        }
        do {
            let served = try await pool.withConnection(timeout: timeout) { _ in ContinuousClock.now }
            return ended(.served, at: served)
        } catch is CancellationError {
            return ended(.cancelled)
        } catch let error as PoolError {
            return ended(.refused(error.code))
        } catch {
            return ended(.other("\(error)"))
        }
    }
}
