internal import PoolingSQL

// A child that goes on with its parent's connection damages the file: even closing it would undo the parent's
// transaction and remove its journal (F49).
extension SQLError {
    /// The calling process is a child of the one that opened the connection.
    static func inherited(_ path: String) -> SQLError {
        SQLError(
            .connectionLost,
            "this connection to '\(path)' was opened by the parent process before fork(), and SQLite allows no use of it in "
                + "a child; nothing was executed: shut pools down before fork(), and make new ones after it")
    }

    /// The calling process is a child of one that has the file open.
    static func inheritedDriver(_ path: String) -> SQLError {
        SQLError(
            .cannotOpen,
            "'\(path)' can't be opened: the parent process had it open at fork(), and what SQLite remembers of the "
                + "parent's locks is wrong in a child; shut the pool down before fork(), and make a new one after it")
    }
}
