internal import CPoolingShims
internal import PoolingSQL
internal import Synchronization

/// The file that a driver's connections have open. Copies of the driver share it, so that a connection is never opened
/// to another file than its siblings, nor to an empty one that SQLite would make after a deletion (F47).
final class SharedFile: Sendable {
    private struct State {
        /// Which one it is, while it is open or lost.
        var identity: FileIdentity?
        /// Connections that have it open.
        var count = 0
        /// The path was seen to name something else. Not forgotten when the connections are closed: an outage must not
        /// end in an empty database.
        var isLost = false
    }

    private let state = Mutex(State())
    /// The process that has connections open, as one more than its number of forks; 0: none has. Beside the lock, which
    /// a child may have inherited as it was held.
    private let user = Atomic<UInt32>(0)

    /// Whether a parent of this process had the file open when it forked.
    var isInherited: Bool {
        let user = user.load(ordering: .relaxed)
        return user != 0 && user != Self.process
    }

    private static var process: UInt32 { pooling_fork_generation() &+ 1 }

    /// Before a file is opened.
    /// - Returns: whether it may be made if it is missing.
    func admit(_ path: String) throws(SQLError) -> Bool {
        guard let identity = state.withLock({ $0.identity }) else { return true }
        // Outside of the lock, since it is a system call. Whatever happens meanwhile is found by `join`.
        let sight = FileSight.of(path)
        switch sight {
        case .file(identity): state.withLock { if $0.identity == identity { $0.isLost = false } }
        case .file: throw lose(identity, .replaced, path)
        case .nothing: throw lose(identity, .deleted, path)
        case .unknown: break
        }
        return false
    }

    /// A connection has opened `identity`.
    func join(_ identity: FileIdentity, path: String) throws(SQLError) {
        let isWelcome = state.withLock { state in
            if let known = state.identity, known != identity {
                state.isLost = true
                return false
            }
            state.identity = identity
            state.count += 1
            user.store(Self.process, ordering: .relaxed)
            return true
        }
        if !isWelcome { throw FileLoss.replaced.error(path, .opening) }
    }

    /// A connection that had joined closes.
    func leave() {
        state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return }
            user.store(0, ordering: .relaxed)
            if !state.isLost { state.identity = nil }
        }
    }

    /// A connection has found that its file is not the one that the path names.
    func lose() { state.withLock { $0.isLost = true } }

    private func lose(_ identity: FileIdentity, _ loss: FileLoss, _ path: String) -> SQLError {
        state.withLock { if $0.identity == identity { $0.isLost = true } }
        return loss.error(path, .opening)
    }
}
