/// What the definitions of sources mean for those that there are. A value, made and carried out under the registry's lock.
struct ReloadPlan: Sendable {
    struct Step: Sendable {
        enum Kind: Sendable {
            case none
            case added
            /// Nobody has asked for it yet.
            case redefined(String)
            /// The same, with another configuration.
            case changed(from: PoolConfiguration, to: PoolConfiguration)
            case needsNewPool(String)
            /// What it has at present is its own to tell.
            case living(any ManagedPool, PoolConfiguration)
            case removed(PoolDefinition)
        }

        var name: String
        var kind: Kind
    }

    private(set) var steps: [Step] = []
    private var definitions: [String: PoolDefinition]
    private var next: UInt64
    private var named: Set<String> = []
    private var gone: [PoolDefinition] = []

    init(_ state: PoolRegistry.State) {
        definitions = state.definitions
        next = state.next
    }

    /// - Parameter isFirst: the source is new, and its names must be free.
    mutating func add(
        _ definition: PoolDefinition, from source: Int, isFirst: Bool
    ) throws(PoolRegistryError) {
        var new = definition
        let name = new.name
        new.source = source
        guard named.insert(name).inserted else { throw .namedTwice(name) }
        guard let old = definitions[name] else {
            define(&new, order: nil)
            return steps.append(Step(name: name, kind: .added))
        }
        if isFirst, old.source != nil { throw .namedTwice(name) }
        // What code has defined stays what it is.
        if old.source == nil, let difference = old.difference(from: new) { throw .nameInUse(name, difference) }
        steps.append(Step(name: name, kind: replace(old, with: new)))
    }

    private mutating func replace(_ old: PoolDefinition, with new: PoolDefinition) -> Step.Kind {
        var new = new
        let difference = old.identityDifference(from: new)
        guard let made = old.made else {
            if difference == nil, old.configuration == new.configuration { return .none }
            define(&new, order: old.order)
            return difference.map { .redefined(Self.short($0)) }
                ?? .changed(from: old.configuration, to: new.configuration)
        }
        if let difference { return .needsNewPool(Self.short(difference)) }
        definitions[new.name]?.configuration = new.configuration
        // What code has defined stays its own.
        if old.source != nil { definitions[new.name]?.source = new.source }
        return .living(made.pool, new.configuration)
    }

    /// Another number: what somebody may be making of the old one is not kept.
    private mutating func define(_ definition: inout PoolDefinition, order: UInt64?) {
        next += 1
        definition.number = next
        definition.order = order ?? next
        definitions[definition.name] = definition
    }

    /// What a difference is called, without the driver's name behind it.
    private static func short(_ difference: String) -> String {
        String(difference.prefix { $0 != " " })
    }

    /// Those of sources that were not named.
    mutating func remove(forgets: Bool) {
        let unnamed = definitions.values.filter { $0.source != nil && !named.contains($0.name) }
        for definition in unnamed.sorted(by: { $0.order < $1.order }) {
            steps.append(Step(name: definition.name, kind: .removed(definition)))
            guard forgets else { continue }
            definitions[definition.name] = nil
            gone.append(definition)
        }
    }

    /// - Returns: what there was before, to be let go of outside of the lock.
    func carryOut(in state: inout PoolRegistry.State) -> [String: PoolDefinition] {
        defer { assign(to: &state) }
        return state.definitions
    }

    private func assign(to state: inout PoolRegistry.State) {
        state.definitions = definitions
        state.next = next
        for definition in gone { state.leave(definition) }
    }
}
