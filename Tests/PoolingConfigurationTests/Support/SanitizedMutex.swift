#if POOLING_PTHREAD_LOCK
    import PoolingCore

    /// Takes the place of `Synchronization.Mutex` in these tests, for builds with a sanitizer.
    typealias Mutex = ThreadMutex
#endif
