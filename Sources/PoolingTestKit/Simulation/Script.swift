package import PoolingCore

/// What a seed stands for: a pool's configuration and the temper of its surroundings.
package struct Script: Sendable {
    package var seed: UInt64
    package var settings: Settings
    package var hooks: DriverHooks
    package var connectTime: Int64
    package var callTime: Int64
    /// Machine events until the script ends.
    package var length: Int
    /// Percent of port calls in which the adversary acts.
    package var aggression: Int
    /// The server's health changes.
    package var hasFaults: Bool
    /// Tenths of a millisecond between what happens by itself, at most.
    package var pace: Int64
    /// How long loans last at most, usually.
    package var longestUse: Int64

    package init(seed: UInt64) {
        var dice = Dice(seed: seed ^ 0x5EED_0F5C_2197)
        self.seed = seed
        hooks = dice.chance(70) ? .reset : []
        if dice.chance(25) { hooks.insert(.prepare) }
        settings = Self.settings(&dice, hooks: hooks)
        connectTime = dice.chance(20) ? dice.span(0, 100_000) : dice.milliseconds(1, 60)
        callTime = dice.chance(30) ? dice.span(0, 50_000) : dice.span(50_000, 8_000_000)
        length = 150 + dice.below(500)
        aggression = dice.chance(25) ? 0 : 1 + dice.below(40)
        hasFaults = !dice.chance(15)
        pace = dice.chance(50) ? dice.span(1, 30) : dice.span(30, 400)
        longestUse = dice.chance(50) ? dice.milliseconds(1, 10) : dice.milliseconds(10, 300)
    }

    /// A configuration that breaks no rule, with spans short enough for all of them to matter within a script.
    package static func settings(_ dice: inout Dice, hooks: DriverHooks) -> Settings {
        Settings(configuration(&dice), hooks: hooks)
    }

    package static func configuration(_ dice: inout Dice) -> PoolConfiguration {
        var c = PoolConfiguration()
        c.max = dice.chance(10) ? 8 + dice.below(16) : 1 + dice.below(6)
        c.min = dice.chance(40) ? 0 : dice.below(c.max + 1)
        c.minIdle = dice.chance(80) ? 0 : 1 + dice.below(2)
        c.acquireTimeout = dice.duration(20, 1500)
        c.connectTimeout = dice.duration(20, 500)
        c.validationTimeout = dice.duration(5, 100)
        c.resetTimeout = dice.duration(5, 200)
        c.closeTimeout = dice.duration(5, 200)
        switch dice.below(10) {
        case 0...2: c.validation = .never
        case 3, 4: c.validation = .always
        default: c.validation = .afterIdle(dice.duration(0, 150))
        }
        c.validatesOnReturn = dice.chance(15)
        c.idleTimeout = dice.chance(30) ? nil : dice.duration(50, 3000)
        c.maxLifetime = dice.chance(40) ? nil : dice.duration(200, 5000)
        c.lifetimeJitter = dice.chance(30) ? 0 : Double(dice.below(100)) / 100
        c.maxUses = dice.chance(80) ? nil : 1 + dice.below(5)
        c.keepAliveInterval = dice.chance(30) ? nil : dice.duration(20, 190)
        c.idleOrder = dice.chance(20) ? .leastRecentlyUsed : .mostRecentlyUsed
        c.maxWaiters = dice.chance(70) ? nil : 1 + dice.below(6)
        c.maxConcurrentConnects = 1 + dice.below(4)
        c.backoff = Backoff(
            initial: dice.duration(0, 40), multiplier: 1 + Double(dice.below(20)) / 10, cap: dice.duration(40, 400))
        switch dice.below(3) {
        case 0: c.outagePolicy = .wait
        case 1: c.outagePolicy = .failAfter(nil)
        default: c.outagePolicy = .failAfter(dice.duration(1, 300))
        }
        c.suspensionPolicy = dice.chance(30) ? .fail : .wait
        // Without another throw of the dice, so that known seeds remain what they were.
        if c.acquireTimeout.inNanoseconds % 3 == 0 { c.leakThreshold = c.closeTimeout }
        c.nestedAcquire = dice.chance(30) ? .allow : .failOnDeadlock
        return c
    }
}
