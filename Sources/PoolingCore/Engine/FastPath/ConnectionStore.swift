/// The connections of a pool by slot, in chunks that never move, like ``SlotTable``'s.
///
/// - Sendable: an element is written under the pool's lock by the owner of its slot, and read by the holder of the
///   slot. The slot's word passes it from one to the other with acquire and release, so no two touch it at once.
@usableFromInline
package final class ConnectionStore<Connection: Sendable>: @unchecked Sendable {
    @usableFromInline let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Connection?>?>

    package init() {
        chunks = .allocate(capacity: SlotTable.chunkCount)
        chunks.initialize(repeating: nil, count: SlotTable.chunkCount)
    }

    deinit {
        for chunk in 0..<SlotTable.chunkCount {
            guard let memory = chunks[chunk] else { continue }
            memory.deinitialize(count: Self.capacity(ofChunk: chunk))
            memory.deallocate()
        }
        chunks.deallocate()
    }

    private static func capacity(ofChunk chunk: Int) -> Int { chunk == 0 ? 4 : 4 << (chunk - 1) }

    @inlinable
    subscript(slot: Int) -> Connection? {
        let place = SlotTable.place(of: slot)
        return chunks[place.chunk]?[place.index]
    }

    /// Puts a connection into a slot, or takes it out.
    /// - Returns: what was there, so that its last reference need not go away under the lock.
    func exchange(_ connection: Connection?, at slot: Int) -> Connection? {
        let place = SlotTable.place(of: slot)
        let memory: UnsafeMutablePointer<Connection?>
        if let chunk = chunks[place.chunk] {
            memory = chunk
        } else {
            memory = .allocate(capacity: Self.capacity(ofChunk: place.chunk))
            memory.initialize(repeating: nil, count: Self.capacity(ofChunk: place.chunk))
            chunks[place.chunk] = memory
        }
        let old = memory[place.index]
        memory[place.index] = connection
        return old
    }
}
