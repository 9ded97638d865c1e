#if DEBUG
    package import PoolingCore
    #if !POOLING_PTHREAD_LOCK
        package import Synchronization
    #endif

    /// Where calls into SQLite are made, told to tests. Only in debug builds, which also stop at a call that is made
    /// on a thread where it must not be (F42).
    package enum SQLiteCallProbe {
        package struct Observation: Sendable {
            /// The executor that the call belongs on; nil for a driver that calls inline.
            package var executor: BlockingExecutor?
            /// Whether it was made there.
            package var isOnExecutor: Bool
        }

        /// Whoever wants to know. A bare closure in the mutex would be wrapped once more at every look at it, and calls
        /// would become slower with each one before.
        package struct Observer: Sendable {
            let note: @Sendable (Observation) -> Void
            package init(_ note: @escaping @Sendable (Observation) -> Void) { self.note = note }
        }

        package static let observer = Mutex<Observer?>(nil)

        static func noteCall(on executor: BlockingExecutor?) {
            let isOnExecutor = executor?.isCurrent ?? false
            observer.withLock { $0 }?.note(Observation(executor: executor, isOnExecutor: isOnExecutor))
            assert(executor == nil || isOnExecutor, "a call into SQLite on a thread that must not block")
        }
    }
#endif
