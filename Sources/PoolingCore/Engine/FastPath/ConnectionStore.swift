/// The connections of a pool by slot, in chunks that never move, like ``SlotTable``'s.
///
/// Each is there twice: once to be kept, for whoever has to close it even while it is on loan, and once to be lent. The
/// borrower moves the second one out and back in, which counts no reference: two atomic operations less a loan, a
/// quarter of its time.
///
/// - Sendable: a place is written under the pool's lock by the owner of its slot, or by the holder of its loan, who alone
///   touches what is lent. The slot's word passes it from one to the other with acquire and release, so no two touch it
///   at once.
@usableFromInline
package final class ConnectionStore<Connection: Sendable>: @unchecked Sendable {
    /// Each place is on a cache line of its own, since what is lent is written by one thread while its neighbour is by
    /// another: first the one to be kept, then the one to be lent.
    @usableFromInline let chunks: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    package init() {
        chunks = .allocate(capacity: SlotTable.chunkCount)
        chunks.initialize(repeating: nil, count: SlotTable.chunkCount)
    }

    deinit {
        for chunk in 0..<SlotTable.chunkCount {
            guard let memory = chunks[chunk] else { continue }
            for index in 0..<SlotTable.capacity(ofChunk: chunk) {
                Self.place(memory, index).deinitialize(count: 2)
            }
            memory.deallocate()
        }
        chunks.deallocate()
    }

    @inlinable static var stride: Int { (2 * MemoryLayout<Connection?>.stride + 63) & ~63 }

    @inlinable
    static func place(_ chunk: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutablePointer<Connection?> {
        (chunk + index * stride).assumingMemoryBound(to: Connection?.self)
    }

    /// The connection of this slot, whoever has it.
    subscript(slot: Int) -> Connection? {
        let place = SlotTable.place(of: slot)
        return chunks[place.chunk].flatMap { Self.place($0, place.index)[0] }
    }

    @inlinable
    func lent(_ slot: Int) -> UnsafeMutablePointer<Connection?>? {
        let place = SlotTable.place(of: slot)
        return chunks[place.chunk].map { Self.place($0, place.index) + 1 }
    }

    /// For the holder of the slot's loan, who is to put it back.
    @inlinable
    func take(from slot: Int) -> Connection? { lent(slot)?.pointee.take() }

    /// What was taken, before the loan ends.
    @inlinable
    func putBack(_ connection: consuming Connection, into slot: Int) {
        // Nothing is there since the taking; an assignment would look for something to release.
        if let place = lent(slot) { place.initialize(to: connection) }
    }

    /// Puts a connection into a slot, or takes it out.
    /// - Returns: what was there, so that its last reference need not go away under the lock.
    func exchange(_ connection: Connection?, at slot: Int) -> Connection? {
        let (chunk, index) = SlotTable.place(of: slot)
        let place = Self.place(chunks[chunk] ?? makeChunk(chunk), index)
        let old = place[0]
        place[0] = connection
        place[1] = connection
        return old
    }

    private func makeChunk(_ chunk: Int) -> UnsafeMutableRawPointer {
        let capacity = SlotTable.capacity(ofChunk: chunk)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * Self.stride, alignment: 64)
        for index in 0..<capacity {
            (memory + index * Self.stride).initializeMemory(as: Connection?.self, repeating: nil, count: 2)
        }
        chunks[chunk] = memory
        return memory
    }
}
