internal import Synchronization

/// A number that several tasks know.
package final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    package init() {}
    package var value: Int { number.load(ordering: .sequentiallyConsistent) }
    package func set(_ value: Int) { number.store(value, ordering: .sequentiallyConsistent) }
    package func add(_ value: Int) { number.add(value, ordering: .sequentiallyConsistent) }
}
