#if POOLING_PTHREAD_LOCK
    package import PoolingCore

    /// Takes the place of `Synchronization.Mutex` in this module, for builds with a sanitizer.
    package typealias Mutex = ThreadMutex
#endif
