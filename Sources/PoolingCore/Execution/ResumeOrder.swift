internal import Synchronization

/// That what happens before a continuation is resumed happens before its task goes on.
///
/// The runtime sees to it; but where the task does not wait yet when it is resumed, it does so without ThreadSanitizer's
/// knowledge, which then takes everything that the call wrote for a race with the task. In its builds this says it once
/// more, by an atomic that the sanitizer sees; in others it is nothing.
struct ResumeOrder: Sendable {
    #if POOLING_PTHREAD_LOCK
        private final class Mark: Sendable {
            let isResumed = Atomic<Bool>(false)
        }

        private let mark = Mark()

        func beforeResuming() { mark.isResumed.store(true, ordering: .releasing) }
        func afterResuming() { _ = mark.isResumed.load(ordering: .acquiring) }
    #else
        func beforeResuming() {}
        func afterResuming() {}
    #endif
}
