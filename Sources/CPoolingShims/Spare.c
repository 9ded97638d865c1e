#include "CPoolingShims.h"

#include <pthread.h>
#include <stdlib.h>

enum { spare_size = 128, spare_limit = 64 };

struct spare {
    struct spare *next;
};

static _Thread_local struct spare *spares = NULL;
static _Thread_local int spare_count = 0;
/// The thread will be asked to free what it keeps.
static _Thread_local _Bool is_watched = 0;
static pthread_key_t key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void free_spares(void *unused) {
    (void)unused;
    while (spares) {
        struct spare *next = spares->next;
        free(spares);
        spares = next;
    }
    spare_count = 0;
    // Other destructors may give back more: then the key is set again, and this is called again.
    is_watched = 0;
}

static void make_key(void) {
    if (pthread_key_create(&key, free_spares) != 0) abort();
}

static _Bool watch(void) {
    pthread_once(&key_once, make_key);
    is_watched = pthread_setspecific(key, &spares) == 0;
    return is_watched;
}

void *pooling_spare_take(size_t size) {
    struct spare *spare = spares;
    if (spare && size <= spare_size) {
        spares = spare->next;
        spare_count -= 1;
        return spare;
    }
    void *memory = malloc(size <= spare_size ? spare_size : size);
    if (!memory) abort();
    return memory;
}

void pooling_spare_give(void *memory, size_t size) {
    if (size > spare_size || spare_count >= spare_limit || (!is_watched && !watch())) {
        free(memory);
        return;
    }
    struct spare *spare = memory;
    spare->next = spares;
    spares = spare;
    spare_count += 1;
}
