#if POOLING_PTHREAD_LOCK

    /// `Mutex` made of a pthread mutex, for builds with a sanitizer (`make sanitize`). `Synchronization.Mutex` is a futex on
    /// Linux that ThreadSanitizer does not see: each access under it looks like a race with the one before.
    ///
    /// Sendable because the value is touched only with `signal` locked.
    package struct ThreadMutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        private let signal = ThreadSignal()
        private let value: UnsafeMutablePointer<Value>

        package init(_ value: consuming sending Value) {
            self.value = .allocate(capacity: 1)
            self.value.initialize(to: value)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
        }

        package func withLock<R: ~Copyable, E: Error>(
            _ body: (inout sending Value) throws(E) -> sending R
        ) throws(E) -> sending R {
            signal.lock()
            defer { signal.unlock() }
            return try body(&value.pointee)
        }
    }

    /// Takes the place of `Synchronization.Mutex` in this module.
    typealias Mutex = ThreadMutex

#endif
