package import PoolingCore

/// What is going to happen in a simulation, and when. Things of one instant happen in the order in which they were
/// planned.
package struct Agenda<Happening> {
    private struct Entry {
        var at: Int64
        var order: UInt64
        var happening: Happening

        func isBefore(_ other: Entry) -> Bool { at < other.at || (at == other.at && order < other.order) }
    }

    private var heap: [Entry] = []
    private var planned: UInt64 = 0

    package init() {}

    package var next: MonotonicInstant? { heap.first.map { MonotonicInstant(nanoseconds: $0.at) } }
    package var count: Int { heap.count }

    package mutating func plan(_ happening: Happening, at instant: MonotonicInstant) {
        planned += 1
        heap.append(Entry(at: instant.nanoseconds, order: planned, happening: happening))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    package mutating func take() -> Happening? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.happening }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left].isBefore(heap[least]) { least = left }
            if left + 1 < heap.count, heap[left + 1].isBefore(heap[least]) { least = left + 1 }
            if least == parent { return first.happening }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
