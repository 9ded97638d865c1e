internal import Synchronization

/// Whom a pool tells that its shutdown has begun: what has left the pool for good and is to end with it (F54).
struct Dependants: Sendable {
    fileprivate struct Dependant {
        let number: UInt64
        let end: @Sendable () -> Void
    }

    fileprivate var all: [Dependant] = []
    fileprivate var made: UInt64 = 0
    fileprivate var isOver = false
}

extension PoolCore {
    /// Calls `body` when the shutdown begins, or now if it has. It must be quick.
    ///
    /// - Returns: what ``forgetDependant(_:)`` takes.
    package func whenShutDown(_ body: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, isOver) = dependants.withLock { dependants in
            dependants.made += 1
            let number = dependants.made
            if !dependants.isOver { dependants.all.append(.init(number: number, end: body)) }
            return (number, dependants.isOver)
        }
        if isOver { body() }
        return number
    }

    package func forgetDependant(_ number: UInt64) {
        // Let go of without the lock: it is foreign.
        _ = dependants.withLock { dependants -> Dependants.Dependant? in
            guard let index = dependants.all.firstIndex(where: { $0.number == number }) else { return nil }
            return dependants.all.remove(at: index)
        }
    }

    func endDependants() {
        let all = dependants.withLock { dependants in
            defer { dependants.all = [] }
            dependants.isOver = true
            return dependants.all
        }
        for dependant in all { dependant.end() }
    }
}
