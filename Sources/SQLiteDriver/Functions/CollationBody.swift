internal import CSQLite
internal import PoolingSQL

/// What SQLite calls to compare two texts. SQLite holds one reference for each connection that knows the collation.
final class CollationBody: Sendable {
    private let compare: @Sendable (String, String) -> SQLiteOrdering

    init(_ compare: @escaping @Sendable (String, String) -> SQLiteOrdering) { self.compare = compare }

    /// - Returns: SQLite's result code.
    func install(in database: OpaquePointer, name: String) -> Int32 {
        let reference = Unmanaged.passRetained(self)
        let code = sqlite3_create_collation_v2(
            database, name, SQLITE_UTF8, reference.toOpaque(),
            { context, firstCount, first, secondCount, second in
                guard let context else { return 0 }
                return Unmanaged<CollationBody>.fromOpaque(context).takeUnretainedValue().order(
                    UnsafeRawBufferPointer(start: first, count: Int(firstCount)),
                    UnsafeRawBufferPointer(start: second, count: Int(secondCount)))
            },
            { context in
                if let context { Unmanaged<CollationBody>.fromOpaque(context).release() }
            })
        // Unlike a refused function's, a refused collation's reference is not given back by SQLite.
        if code != SQLITE_OK { reference.release() }
        return code
    }

    private func order(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int32 {
        switch (PreparedStatement.text(first.assumingUTF8), PreparedStatement.text(second.assumingUTF8)) {
        case (.text(let first), .text(let second)):
            switch compare(first, second) {
            case .before: -1
            case .same: 0
            case .after: 1
            }
        case (.text, _): -1
        case (_, .text): 1
        default: first.lexicographicallyPrecedes(second) ? -1 : first.elementsEqual(second) ? 0 : 1
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var assumingUTF8: UnsafeBufferPointer<UInt8> { assumingMemoryBound(to: UInt8.self) }
}
