/// What the workers know of their own operations, for comparison with what the pool and the database say.
struct Ledger: Sendable {
    enum Operation {
        case read
        case write(id: Int)
    }

    private(set) var reads = 0
    private(set) var written: Set<Int> = []
    private(set) var cancelled = 0
    /// Errors that nobody asked for.
    private(set) var errors: [String] = []

    /// Each operation acquires one connection, or tries to.
    var acquires: Int { reads + written.count + cancelled + errors.count }

    mutating func record(_ result: Result<Void, any Error>, of operation: Operation) {
        switch (result, operation) {
        case (.success, .read): reads += 1
        case (.success, .write(let id)): written.insert(id)
        case (.failure(is CancellationError), _): cancelled += 1
        case (.failure(let error), _): errors.append("\(error)")
        }
    }

    mutating func add(_ other: Ledger) {
        reads += other.reads
        written.formUnion(other.written)
        cancelled += other.cancelled
        errors += other.errors
    }
}
