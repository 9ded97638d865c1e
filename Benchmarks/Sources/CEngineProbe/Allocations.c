// Counts calls for memory by standing before the C library's own functions, which it exports under a second name.

#define _GNU_SOURCE
#include "CEngineProbe.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

static bool counting;
static int64_t calls;

static inline void count(void) {
    // Read by every thread and hardly ever written, so that it costs those nothing who aren't counted.
    if (__builtin_expect(__atomic_load_n(&counting, __ATOMIC_RELAXED), 0))
        __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) { count(); return __libc_malloc(size); }
void *calloc(size_t n, size_t size) { count(); return __libc_calloc(n, size); }
void *realloc(void *old, size_t size) { count(); return __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { count(); return __libc_memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

void probe_allocations_begin(void) {
    __atomic_store_n(&calls, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&counting, true, __ATOMIC_SEQ_CST);
}

int64_t probe_allocations_end(void) {
    __atomic_store_n(&counting, false, __ATOMIC_SEQ_CST);
    return __atomic_load_n(&calls, __ATOMIC_RELAXED);
}

int64_t probe_heap_bytes(void) {
    struct mallinfo2 heap = mallinfo2();
    return (int64_t)(heap.uordblks + heap.hblkhd);
}

#else

void probe_allocations_begin(void) {}
int64_t probe_allocations_end(void) { return -1; }
int64_t probe_heap_bytes(void) { return -1; }

#endif
