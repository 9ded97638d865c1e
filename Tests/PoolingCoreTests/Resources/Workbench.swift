import PoolingCore
import ServiceContextModule

/// A resource that writes down what happens to it, and fails where the test says so.
final class Workbench: Poolable {
    typealias Diary = Shared<[String]>

    let number: Int
    let diary: Diary
    /// The hooks that throw.
    let failing: Shared<Set<String>>

    init(number: Int, diary: Diary, failing: Shared<Set<String>> = Shared([])) {
        self.number = number
        self.diary = diary
        self.failing = failing
        diary.change { $0.append("make \(number)") }
    }

    func start() async throws { try note("start") }
    func stop() async throws { try note("stop") }
    func acquire(context: ServiceContext) async throws {
        try note(context[RequestName.self].map { "acquire for \($0)" } ?? "acquire")
    }
    func release() async throws { try note("release") }

    private func note(_ hook: String) throws {
        diary.change { $0.append("\(hook) \(number)") }
        if failing.value.contains(hook) { throw HookFailure(hook: hook) }
    }
}

struct HookFailure: Error, Equatable { var hook: String }

enum RequestName: ServiceContextKey { typealias Value = String }

/// Makes numbered workbenches.
final class Workshop: Sendable {
    let diary = Workbench.Diary([])
    let failing = Shared<Set<String>>([])
    let made = Shared(0)

    func make() -> Workbench {
        let number = made.change {
            $0 += 1
            return $0
        }
        return Workbench(number: number, diary: diary, failing: failing)
    }

    var driver: ResourceDriver<Workbench> { ResourceDriver { self.make() } }
}

/// A container of the kind that applications have: a recipe for each key.
struct Recipes: ResourceContainer {
    struct Missing: Error, CustomStringConvertible {
        var key: String
        var description: String { "nothing is bound to '\(key)'" }
    }

    var recipes: [String: @Sendable () async throws -> any Sendable] = [:]

    func resolve<Resource: Sendable>(_ key: String, as type: Resource.Type) async throws -> Resource {
        guard let made = try await recipes[key]?(), let resource = made as? Resource else { throw Missing(key: key) }
        return resource
    }
}
