#if POOLING_PTHREAD_LOCK
    internal import PoolingCore

    /// Takes the place of `Synchronization.Mutex` in this module, for builds with a sanitizer.
    typealias Mutex = ThreadMutex
#endif
