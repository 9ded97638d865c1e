import Synchronization

/// A number that several tasks know.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
    func set(_ value: Int) { number.store(value, ordering: .sequentiallyConsistent) }
    func add(_ value: Int) { number.add(value, ordering: .sequentiallyConsistent) }
}
