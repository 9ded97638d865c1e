internal import PoolingSQL

/// Why one attempt at an operation failed, inside of the driver.
enum SQLiteFailure: Error {
    case refused(SQLError)
    /// Somebody holds a lock, and the attempt left no trace: it may be repeated.
    case locked(SQLError)
    /// Stopped because the task was cancelled.
    case cancelled
}
