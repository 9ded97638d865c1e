internal import CSQLite

/// The blobs that are open on one connection: few, most often none.
///
/// They are known by number and not by pointer, so that a ``SQLiteBlob`` that was kept too long finds nothing instead of
/// freed memory.
struct OpenBlobs {
    struct Entry {
        let number: UInt64
        let pointer: OpaquePointer
        let isWritable: Bool
        /// What SQLite said to its latest call. Closing says it again.
        var code = SQLITE_OK
        /// SQLite has let go of the row, and its answers to further calls say nothing.
        var isExpired = false
    }

    private var entries: [Entry] = []
    private var latest: UInt64 = 0

    var isEmpty: Bool { entries.isEmpty }
    var hasWriter: Bool { entries.contains(where: \.isWritable) }

    /// Takes over `pointer`.
    mutating func insert(_ pointer: OpaquePointer, isWritable: Bool) -> UInt64 {
        latest += 1
        entries.append(Entry(number: latest, pointer: pointer, isWritable: isWritable))
        return latest
    }

    func entry(_ number: UInt64) -> Entry? { entries.first { $0.number == number } }

    mutating func note(_ code: Int32, of number: UInt64, isExpired: Bool) {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
        entries[index].code = code
        entries[index].isExpired = isExpired
    }

    mutating func remove(_ number: UInt64) -> Entry? {
        entries.firstIndex { $0.number == number }.map { entries.remove(at: $0) }
    }

    /// For what a loan has left behind.
    mutating func closeAll() {
        for entry in entries { sqlite3_blob_close(entry.pointer) }
        entries = []
    }
}
