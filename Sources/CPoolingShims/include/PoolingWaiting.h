// For tasks that wait: their cancellation, as the Swift runtime keeps it, and memory. Part of CPoolingShims.h.
#ifndef POOLING_WAITING_H
#define POOLING_WAITING_H

#include <stddef.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#if defined(__clang__)
__attribute__((swiftcall))
#endif
extern _Bool swift_task_isCancelled(void *task);

/// Whether the current task was cancelled; false outside of one. What `Task.isCancelled` tells, without a reference to
/// the task counted up and down.
static inline _Bool pooling_current_task_is_cancelled(void) {
    void *task = swift_task_getCurrent();
    return task && swift_task_isCancelled(task);
}

/// What `withTaskCancellationHandler` does, without its asynchronous function, whose frame and returns to the executor
/// cost more than the handler. The memory is the caller's, and stays until pooling_cancellation_ignore.
typedef struct {
    /// Called with the address of this once the task is cancelled, on whatever thread cancels it.
    void (*handler)(void *);
    void *_Nullable record;
} pooling_cancellation;

/// Begins to watch the current task. If it was cancelled already, the handler has been called when this returns.
void pooling_cancellation_watch(pooling_cancellation *);
/// By the same task, with nothing left that it has begun to watch since, however often it was suspended. The handler is
/// not running when this returns, and is not called any more.
void pooling_cancellation_ignore(pooling_cancellation *);

/// Memory for something small and short-lived, from what the current thread keeps of what it was given back: a tenth of
/// what the allocator takes. Given back on any thread, with the same size. Never NULL: without memory the process ends, as
/// it does wherever Swift allocates.
void *pooling_spare_take(size_t size);
void pooling_spare_give(void *memory, size_t size);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
