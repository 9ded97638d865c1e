import PoolingCore

/// Every way in which the calls of a driver can go, times every moment at which a borrower can be cancelled: not sampled
/// but enumerated.
///
/// Two borrowers want the one connection of a pool whose driver has everything. The first leaves it dirty, the second
/// throws it away; so each call is made while somebody waits for what comes of it.
package struct ShellMatrix: Sendable {
    package enum Outcome: Int, Sendable, CaseIterable {
        case ok, error
        /// Longer than it may take; ends when it is told to.
        case slow
        /// Not even when it is told to.
        case never
    }

    /// How each kind of call goes, by its raw value.
    package struct Cell: Sendable, CustomStringConvertible {
        package var outcomes: [Outcome]

        package init(number: Int) {
            let count = Outcome.allCases.count
            var rest = number
            outcomes = PoolingTestKit.DriverCall.allCases.map { _ in
                defer { rest /= count }
                return Outcome.allCases[rest % count]
            }
        }

        package static let count = 1024

        package var description: String {
            PoolingTestKit.DriverCall.allCases.map { "\($0) \(outcomes[$0.rawValue])" }.joined(separator: ", ")
        }
    }

    package private(set) var plays = 0
    package private(set) var steps = 0
    package private(set) var problems: [String] = []
    /// How the acquires ended.
    package private(set) var endings = [Int](repeating: 0, count: 3)

    package init() {}

    /// Cells that were played, with the kinds of call that were made in them: one that differs in the others only is the
    /// same.
    private var played: [(cell: Cell, kinds: Set<Int>)] = []
    private var kinds: Set<Int> = []

    /// One cell, with each of the borrowers cancelled at each moment.
    package mutating func play(_ cell: Cell) {
        let isKnown = played.contains { other in
            other.kinds.allSatisfy { other.cell.outcomes[$0] == cell.outcomes[$0] }
        }
        if isKnown { return }
        kinds = []
        defer { played.append((cell, kinds)) }
        for moment in play(cell, cancelling: nil) {
            for borrower in 0..<2 { _ = play(cell, cancelling: (borrower, moment)) }
        }
    }

    /// - Returns: the steps before which something had happened, until both borrowers were done.
    private mutating func play(_ cell: Cell, cancelling: (borrower: Int, step: Int)?) -> [Int] {
        let simulation = ShellSimulation(script: .matrix)
        simulation.world.outcomes = cell.outcomes
        let moments = simulation.runMatrix(cancelling)
        plays += 1
        steps += simulation.steps
        kinds.formUnion(simulation.world.outcomesAsked)
        if let violation = simulation.violation {
            let point =
                cancelling.map { "borrower \($0.borrower + 1) cancelled at step \($0.step)" } ?? "nobody cancelled"
            problems.append("\(cell); \(point): \(violation)")
        }
        let coverage = simulation.world.coverage
        endings[0] += Int(simulation.world.granted)
        endings[1] += coverage[.timedOut]
        endings[2] += coverage[.cancelledWaiting] + coverage[.cancelledBeforeWaiting] + coverage[.grantedWhileCancelled]
        return moments
    }
}

extension ShellScript {
    fileprivate static var matrix: ShellScript {
        var script = ShellScript(seed: 1)
        var c = PoolConfiguration()
        (c.min, c.max) = (0, 1)
        c.acquireTimeout = .milliseconds(170)
        c.connectTimeout = .milliseconds(30)
        c.validationTimeout = .milliseconds(20)
        (c.resetTimeout, c.closeTimeout) = (.milliseconds(20), .milliseconds(20))
        (c.validation, c.validatesOnReturn) = (.always, true)
        c.backoff = Backoff(initial: .milliseconds(60), multiplier: 1, cap: .milliseconds(60))
        c.outagePolicy = .wait
        script.configuration = c
        script.hooks = .all
        (script.hasFaults, script.crowd, script.preemption, script.slowness) = (false, 0, 0, 0)
        (script.preemptsResumptions, script.isObserved, script.isDropped) = (false, true, false)
        return script
    }
}

extension ShellSimulation {
    /// - Returns: the steps before which something had happened, until both borrowers were done.
    fileprivate func runMatrix(_ cancelling: (borrower: Int, step: Int)?) -> [Int] {
        open()
        let borrowers = [startClient(.leavesDirt), startClient(.throwsAway)]
        var moments = [0]
        let limit = world.time + 5_000_000_000
        while violation == nil, !world.clients.isEmpty, world.time < limit {
            if let cancelling, steps == cancelling.step, let client = borrowers[cancelling.borrower] { cancel(client) }
            let before = world.trace.hash
            advance()
            if world.trace.hash != before { moments.append(steps) }
        }
        if violation == nil { proveService() }
        if violation == nil { finish() }
        release()
        return moments
    }
}
