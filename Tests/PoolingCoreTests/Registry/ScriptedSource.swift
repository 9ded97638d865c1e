import PoolingCore

/// A source that says what the test says.
final class ScriptedSource: PoolSource {
    struct Refused: Error {}

    let says: Shared<[PoolSpecification]>
    /// Called for each reading, before it is answered.
    let onReading: Shared<@Sendable () async throws -> Void> = Shared({})

    init(_ pools: PoolSpecification...) { says = Shared(pools) }

    func pools(checkedBy check: PoolCheck) async throws -> [PoolSpecification] {
        try await onReading.value()
        return says.value
    }

    func change(_ name: String, _ change: @Sendable (inout PoolSpecification) -> Void) {
        says.change { pools in
            for index in pools.indices where pools[index].name == name { change(&pools[index]) }
        }
    }
}

extension PoolSpecification {
    static func fake(_ name: String, url: String? = nil, _ configuration: PoolConfiguration = .init()) -> Self {
        PoolSpecification(name: name, url: url ?? "fake:\(name)", configuration: configuration)
    }
}
