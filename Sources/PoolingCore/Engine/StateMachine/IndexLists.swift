/// Several doubly linked lists over the same small integers; an integer is in at most one of them. Every operation but
/// ``reserve(_:)`` is O(1) and allocates nothing.
package struct IndexLists: Sendable {
    private struct Node {
        var previous: Int32 = -1
        var next: Int32 = -1
        var list: Int32 = -1
    }

    private struct Ends {
        var first: Int32 = -1
        var last: Int32 = -1
        var count = 0
    }

    private var nodes: [Node] = []
    private var ends: [Ends]

    package init(lists: Int) { ends = Array(repeating: Ends(), count: lists) }

    /// Makes the integers below `count` usable.
    package mutating func reserve(_ count: Int) {
        while nodes.count < count { nodes.append(Node()) }
    }

    package func count(of list: Int) -> Int { ends[list].count }
    package func isEmpty(_ list: Int) -> Bool { ends[list].first < 0 }
    package func first(of list: Int) -> Int? { Self.index(ends[list].first) }
    package func last(of list: Int) -> Int? { Self.index(ends[list].last) }
    package func after(_ index: Int) -> Int? { Self.index(nodes[index].next) }

    package func before(_ index: Int) -> Int? { Self.index(nodes[index].previous) }

    /// The list that `index` is in; nil if none.
    package func list(of index: Int) -> Int? {
        guard index < nodes.count else { return nil }
        return Self.index(nodes[index].list)
    }

    /// Puts `index` last in `list`, taking it out of the list that it was in.
    package mutating func append(_ index: Int, to list: Int) {
        remove(index)
        let last = ends[list].last
        nodes[index] = Node(previous: last, next: -1, list: Int32(list))
        if last >= 0 { nodes[Int(last)].next = Int32(index) } else { ends[list].first = Int32(index) }
        ends[list].last = Int32(index)
        ends[list].count += 1
    }

    /// Puts `index` first in `list`, taking it out of the list that it was in.
    package mutating func prepend(_ index: Int, to list: Int) {
        remove(index)
        let first = ends[list].first
        nodes[index] = Node(previous: -1, next: first, list: Int32(list))
        if first >= 0 { nodes[Int(first)].previous = Int32(index) } else { ends[list].last = Int32(index) }
        ends[list].first = Int32(index)
        ends[list].count += 1
    }

    /// Takes `index` out of the list that it is in, if any.
    @inline(__always)
    package mutating func remove(_ index: Int) {
        let node = nodes[index]
        guard node.list >= 0 else { return }
        let list = Int(node.list)
        if node.previous >= 0 { nodes[Int(node.previous)].next = node.next } else { ends[list].first = node.next }
        if node.next >= 0 { nodes[Int(node.next)].previous = node.previous } else { ends[list].last = node.previous }
        ends[list].count -= 1
        nodes[index] = Node()
    }

    private static func index(_ raw: Int32) -> Int? { raw < 0 ? nil : Int(raw) }
}
