package import PoolingCore

/// What a seed stands for: a pool's configuration, a driver, and the temper of their surroundings.
package struct ShellScript: Sendable {
    package var seed: UInt64
    package var configuration: PoolConfiguration
    package var hooks: DriverHooks
    package var connectTime: Int64
    package var callTime: Int64
    /// Steps until the faults end.
    package var length: Int
    /// The server's health changes.
    package var hasFaults: Bool
    /// Nanoseconds between what happens by itself, at most.
    package var pace: Int64
    /// How long loans last at most, usually.
    package var longestUse: Int64
    /// Clients at once, at most.
    package var crowd: Int
    /// Percent of clients who come together with the one before.
    package var rush: Int
    /// Percent of the shell's clock readings at which another task is let through.
    package var preemption: Int
    /// Tasks are let through where others become ready, too. Then the order in which borrowers become ready is not the
    /// order in which they were served.
    package var preemptsResumptions: Bool
    /// Per mille of the steps in which time passes though somebody could go on.
    package var slowness: Int
    package var isObserved: Bool
    /// The pool is let go of instead of being shut down.
    package var isDropped: Bool
    /// What lies between two readings of the coarse clock that differ.
    package var coarseTick: Int64
    /// The pool is shut down in the midst of things, soon: its end is where most is at stake at once, and there is but one
    /// in a script.
    package var endsAbruptly: Bool

    package init(seed: UInt64) {
        var dice = Dice(seed: seed ^ 0x05E1_15EE_D0F5)
        self.seed = seed
        var hooks: DriverHooks = []
        for (hook, percent) in [
            (DriverHooks.lend, 60), (.condition, 70), (.prepare, 20), (.reset, 70), (.verdict, 60),
        ] where dice.chance(percent) { hooks.insert(hook) }
        // A driver that does not say what it has is asked everything.
        self.hooks = dice.chance(6) ? [.all, .undeclared] : hooks
        configuration = Self.configuration(&dice)
        connectTime = dice.chance(20) ? dice.span(0, 100_000) : dice.milliseconds(1, 60)
        callTime = dice.chance(30) ? dice.span(0, 50_000) : dice.span(50_000, 8_000_000)
        length = 300 + dice.below(1200)
        hasFaults = !dice.chance(15)
        pace = dice.chance(50) ? dice.span(100_000, 3_000_000) : dice.span(3_000_000, 30_000_000)
        longestUse = dice.chance(70) ? dice.milliseconds(1, 10) : dice.milliseconds(10, 300)
        crowd = dice.chance(30) ? 2 + dice.below(4) : 4 + dice.below(20)
        rush = dice.chance(40) ? 0 : dice.below(50)
        preemption = dice.chance(30) ? 0 : 1 + dice.below(60)
        preemptsResumptions = preemption > 0 && dice.chance(40)
        slowness = dice.chance(50) ? 0 : dice.below(50)
        isObserved = dice.chance(60)
        isDropped = isObserved && dice.chance(15)
        coarseTick = dice.chance(50) ? 4_000_000 : 1_000_000
        endsAbruptly = !isDropped && dice.chance(40)
        if endsAbruptly { length = 15 + dice.below(120) }
    }

    /// One that breaks no rule.
    package static func configuration(_ dice: inout Dice) -> PoolConfiguration {
        var c = Script.configuration(&dice)
        c.minIdle = Swift.min(c.minIdle, c.max)
        c.backoff.initial = Swift.max(c.backoff.initial, .microseconds(1))
        // Else whoever borrows at a turn of the wheel goes by the lock.
        if dice.chance(50) {
            c.validation = dice.chance(30) ? .never : .afterIdle(dice.duration(5, 400))
            c.validatesOnReturn = false
            c.maxUses = nil
            c.idleOrder = .mostRecentlyUsed
        }
        return c
    }
}
