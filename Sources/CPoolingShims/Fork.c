#include "CPoolingShims.h"

#include <pthread.h>

uint32_t pooling_forks = 0;

static void note_fork(void) { __atomic_fetch_add(&pooling_forks, 1, __ATOMIC_RELAXED); }

// Once, and before any thread could fork.
__attribute__((constructor)) static void watch_forks(void) {
    if (pthread_atfork(NULL, NULL, note_fork) != 0) pooling_warn("out of memory: a fork of this process goes unnoticed");
}
