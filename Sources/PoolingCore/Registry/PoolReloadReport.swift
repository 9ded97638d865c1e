/// What a ``PoolRegistry/reload(removed:)`` has done to each pool.
public struct PoolReloadReport: Sendable, Hashable {
    public struct Change: Sendable, Hashable {
        /// Of ``PoolConfiguration``.
        public var field: String
        public var from: String
        public var to: String
    }

    public enum Outcome: Sendable, Hashable {
        case unchanged
        /// Is defined now.
        case added
        /// The configuration was changed, for a living pool as it works; these fields are others now.
        case applied([Change])
        /// Nobody had asked for it yet: it will be made with the other URL, password or driver.
        case redefined(String)
        /// It lives, and its URL, password's source or driver is another now: nothing of it was changed.
        case needsNewPool(String)
        /// No source names it any more; it works on.
        case kept
        /// No source names it any more; it was shut down (nil: there was no pool yet) and forgotten.
        case removed(ShutdownReport?)
        /// The driver did not take the configuration: the pool has the old one. The others were changed.
        case refused(PoolConfigurationError)
    }

    public struct Entry: Sendable, Hashable {
        public var name: String
        public var outcome: Outcome
    }

    /// In the order of the sources; then those that are named no more.
    public internal(set) var pools: [Entry] = []

    /// O(pools).
    public subscript(_ name: String) -> Outcome? { pools.first { $0.name == name }?.outcome }

    /// Whether the pools are what the sources say: none needs a new pool, is kept or has refused.
    public var isComplete: Bool {
        pools.allSatisfy { entry in
            switch entry.outcome {
            case .needsNewPool, .kept, .refused: false
            case .unchanged, .added, .applied, .redefined, .removed: true
            }
        }
    }
}

extension PoolReloadReport: CustomStringConvertible {
    /// A line for each pool.
    public var description: String {
        pools.isEmpty ? "no pools" : pools.map(\.description).joined(separator: "\n")
    }
}

extension PoolReloadReport.Entry: CustomStringConvertible {
    public var description: String {
        switch outcome {
        case .unchanged: "\(name): unchanged"
        case .added: "\(name): added"
        case .applied(let changes):
            "\(name): " + changes.map { "\($0.field) \($0.from) → \($0.to)" }.joined(separator: ", ")
        case .redefined(let what): "\(name): another \(what), which counts when it is first asked for"
        case .needsNewPool(let what):
            "\(name): unchanged, since its \(what) is another now, which needs a new pool: remove(\"\(name)\"), then "
                + "reload again"
        case .kept: "\(name): named no more, and kept; remove(\"\(name)\") shuts it down"
        case .removed(nil): "\(name): named no more, and forgotten"
        case .removed(let report?) where report.isClean: "\(name): named no more, and shut down"
        case .removed(let report?):
            "\(name): named no more, and shut down; \(report.loansForced) loans were ended by force, and "
                + "\(report.abandoned) calls of the driver given up"
        case .refused(let error): "\(name): unchanged, since its driver refuses: \(error)"
        }
    }
}
