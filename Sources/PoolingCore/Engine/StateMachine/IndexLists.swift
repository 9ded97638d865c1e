/// Several doubly linked lists over the same small integers; an integer is in at most one of them. Every operation but
/// ``reserve(_:)`` is O(1) and allocates nothing.
///
/// Each list is a ring that a link of its own closes, so that nothing has to be told apart at its ends, and the links of
/// lists and integers stand in one array, so that a change asks once whether the storage is its own.
package struct IndexLists: Sendable {
    /// Positions in `links`. Of a list's own link, `list` is the number of integers in it; of an integer that is in none
    /// it is -1, and the other two mean nothing.
    private struct Link {
        var previous: Int32
        var next: Int32
        var list: Int32
    }

    /// First one for each list, then one for each integer.
    private var links: [Link]
    private let lists: Int

    package init(lists: Int) {
        self.lists = lists
        links = (0..<lists).map { Link(previous: Int32($0), next: Int32($0), list: 0) }
    }

    /// Makes the integers below `count` usable.
    package mutating func reserve(_ count: Int) {
        while links.count - lists < count { links.append(Link(previous: -1, next: -1, list: -1)) }
    }

    package func count(of list: Int) -> Int { Int(links[list].list) }
    package func isEmpty(_ list: Int) -> Bool { links[list].list == 0 }
    package func first(of list: Int) -> Int? { index(links[list].next) }
    package func last(of list: Int) -> Int? { index(links[list].previous) }

    /// The one behind `index` in its list; nil if there is none, or `index` is in no list.
    package func after(_ index: Int) -> Int? {
        let link = links[index + lists]
        return link.list < 0 ? nil : self.index(link.next)
    }

    /// The one before `index` in its list; nil if there is none, or `index` is in no list.
    package func before(_ index: Int) -> Int? {
        let link = links[index + lists]
        return link.list < 0 ? nil : self.index(link.previous)
    }

    /// The list that `index` is in; nil if none.
    package func list(of index: Int) -> Int? {
        guard index + lists < links.count else { return nil }
        let list = links[index + lists].list
        return list < 0 ? nil : Int(list)
    }

    /// Puts `index` last in `list`, taking it out of the list that it was in.
    package mutating func append(_ index: Int, to list: Int) {
        let position = index + lists
        var links = links.mutableSpan
        Self.remove(position, from: &links)
        Self.insert(position, into: list, before: list, in: &links)
    }

    /// Puts `index` first in `list`, taking it out of the list that it was in.
    package mutating func prepend(_ index: Int, to list: Int) {
        let position = index + lists
        var links = links.mutableSpan
        Self.remove(position, from: &links)
        Self.insert(position, into: list, before: Int(links[list].next), in: &links)
    }

    /// Takes `index` out of the list that it is in, if any.
    package mutating func remove(_ index: Int) {
        let position = index + lists
        var links = links.mutableSpan
        Self.remove(position, from: &links)
    }

    @inline(__always)
    private static func remove(_ position: Int, from links: inout MutableSpan<Link>) {
        let link = links[position]
        guard link.list >= 0 else { return }
        links[Int(link.previous)].next = link.next
        links[Int(link.next)].previous = link.previous
        links[Int(link.list)].list &-= 1
        links[position].list = -1
    }

    @inline(__always)
    private static func insert(_ position: Int, into list: Int, before next: Int, in links: inout MutableSpan<Link>) {
        let previous = links[next].previous
        links[position] = Link(
            previous: previous, next: Int32(truncatingIfNeeded: next), list: Int32(truncatingIfNeeded: list))
        links[Int(previous)].next = Int32(truncatingIfNeeded: position)
        links[next].previous = Int32(truncatingIfNeeded: position)
        links[list].list &+= 1
    }

    private func index(_ position: Int32) -> Int? { Int(position) < lists ? nil : Int(position) - lists }
}
