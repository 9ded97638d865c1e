import PoolingCore

/// Hears everything, and calls the pool back.
struct ShellObserver: PoolObserver {
    let world: ShellWorld

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        world.reenter()
        world.told.hear(event)
        if let problem = world.told.problems.first { world.problem(problem) }
        switch event {
        case .outageBegan:
            world.isToldOutage = true
            world.coverage.reached(.outage)
        case .outageEnded:
            world.isToldOutage = false
            world.coverage.reached(.outageOver)
        case .connectStarted:
            if world.isToldOutage { world.coverage.reached(.proberInOutage) }
        case .dropped: world.require(world.isDropped, "the pool took itself for forgotten")
        case .shutdownBegan:
            world.require(world.isEnding || world.isDropped, "a shutdown began that nobody asked for")
            world.isEnding = true
            // The shutdown of a pool that was let go of has a time limit that is not the script's.
            if world.isDropped { world.forcedFrom = world.time }
        default: break
        }
        world.note(40, 0, "observer: \(event)")
    }
}
