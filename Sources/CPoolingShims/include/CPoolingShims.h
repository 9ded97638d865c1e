// What Swift has no import for: a coarse monotonic clock, a dense number for the current thread, the identity of the
// current task, and a mark on the threads of an executor. Everything on the checkout path is `static inline`, so that
// it costs no call.
#ifndef C_POOLING_SHIMS_H
#define C_POOLING_SHIMS_H

#include <stdint.h>
#include <time.h>

#include "Poller.h"

/// Nanoseconds of the monotonic clock, exact.
static inline int64_t pooling_clock_exact(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Nanoseconds of the same clock, as of the last kernel tick (1–4 ms ago at most). About a tenth of the exact cost.
static inline int64_t pooling_clock_coarse(void) {
#ifdef CLOCK_MONOTONIC_COARSE
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
#else
    return pooling_clock_exact();
#endif
}

extern _Thread_local uint32_t pooling_thread_number_plus_one;
uint32_t pooling_assign_thread_number(void);

/// A small number that is this thread's own: 0 for the first thread that asks, 1 for the second, and so on.
static inline uint32_t pooling_thread_number(void) {
    uint32_t n = pooling_thread_number_plus_one;
    return (n ? n : pooling_assign_thread_number()) - 1;
}

extern _Thread_local const void *pooling_thread_mark;

/// A pointer that an executor leaves on its own threads, to know them again. NULL elsewhere.
static inline const void *pooling_get_thread_mark(void) { return pooling_thread_mark; }
static inline void pooling_set_thread_mark(const void *mark) { pooling_thread_mark = mark; }

/// The Swift runtime's current task, NULL outside of one. An identity only: never dereferenced, and valid for
/// comparison while that task is known to be alive.
#if defined(__clang__)
__attribute__((swiftcall))
#endif
extern void *swift_task_getCurrent(void);

static inline uintptr_t pooling_current_task(void) { return (uintptr_t)swift_task_getCurrent(); }

/// Tells the core that this is a spin loop: less heat, and the sibling thread gets the pipeline.
static inline void pooling_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("isb");
#endif
}

/// Waits on `condition` until the monotonic clock reads `deadline` nanoseconds (INT64_MAX: without end).
/// Opaque: see pooling_signal_create.
typedef struct pooling_signal pooling_signal;
/// A mutex with one condition on the monotonic clock, allocated once and never moved.
pooling_signal *pooling_signal_create(void);
void pooling_signal_destroy(pooling_signal *);
void pooling_signal_lock(pooling_signal *);
void pooling_signal_unlock(pooling_signal *);
/// Wakes one waiter. The lock may be held or not.
void pooling_signal_wake_one(pooling_signal *);
void pooling_signal_wake_all(pooling_signal *);
/// Must hold the lock. Returns 0 when woken (or spuriously), 1 when the deadline has passed.
int pooling_signal_wait(pooling_signal *, int64_t deadline);

/// Starts a detached thread with a name (15 bytes are kept) and every signal blocked. Returns 0 or an errno.
int pooling_thread_start(const char *name, void (*body)(void *), void *argument);

/// What tells one file from another. `device` and `inode` do for as long as somebody has the file open; afterwards the
/// file system may give the number to a new file, which `birth` tells apart: nanoseconds of the wall clock, 0 where the
/// file system does not keep it.
typedef struct {
    uint64_t device;
    uint64_t inode;
    int64_t birth;
} pooling_file_identity;

/// Looks at what `path` names, through symbolic links. Opens nothing: closing it again would cancel every POSIX lock that
/// the process holds on the file. Returns 0 or an errno.
int pooling_identify_file(const char *path, pooling_file_identity *identity);

extern uint32_t pooling_forks;

/// How many forks lie between this process and the one that the program began as: what was made under another number
/// belongs to a parent. Costs a load, where asking for the process's id would be a system call.
static inline uint32_t pooling_fork_generation(void) { return __atomic_load_n(&pooling_forks, __ATOMIC_RELAXED); }

/// One line to standard error, for what must be said when nobody listens.
void pooling_warn(const char *line);

#endif
