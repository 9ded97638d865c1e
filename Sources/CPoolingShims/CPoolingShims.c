#define _GNU_SOURCE
#include "CPoolingShims.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Thread_local uint32_t pooling_thread_number_plus_one = 0;
_Thread_local const void *pooling_thread_mark = NULL;

static _Atomic uint32_t threads_numbered = 0;

uint32_t pooling_assign_thread_number(void) {
    uint32_t n = atomic_fetch_add_explicit(&threads_numbered, 1, memory_order_relaxed) + 1;
    if (n == 0) n = 1;
    pooling_thread_number_plus_one = n;
    return n;
}

struct pooling_signal {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
};

pooling_signal *pooling_signal_create(void) {
    pooling_signal *s = calloc(1, sizeof *s);
    if (!s) abort();
    pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
#ifndef __APPLE__
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    pthread_cond_init(&s->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return s;
}

void pooling_signal_destroy(pooling_signal *s) {
    pthread_cond_destroy(&s->condition);
    pthread_mutex_destroy(&s->mutex);
    free(s);
}

void pooling_signal_lock(pooling_signal *s) { pthread_mutex_lock(&s->mutex); }
void pooling_signal_unlock(pooling_signal *s) { pthread_mutex_unlock(&s->mutex); }
void pooling_signal_wake_one(pooling_signal *s) { pthread_cond_signal(&s->condition); }
void pooling_signal_wake_all(pooling_signal *s) { pthread_cond_broadcast(&s->condition); }

int pooling_signal_wait(pooling_signal *s, int64_t deadline) {
    if (deadline == INT64_MAX) {
        pthread_cond_wait(&s->condition, &s->mutex);
        return 0;
    }
#ifdef __APPLE__
    int64_t left = deadline - pooling_clock_exact();
    if (left <= 0) return 1;
    struct timespec relative = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    return pthread_cond_timedwait_relative_np(&s->condition, &s->mutex, &relative) != 0;
#else
    struct timespec absolute = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    return pthread_cond_timedwait(&s->condition, &s->mutex, &absolute) != 0;
#endif
}

struct start {
    void (*body)(void *);
    void *argument;
    char name[16];
};

static void *trampoline(void *raw) {
    struct start start = *(struct start *)raw;
    free(raw);
#ifdef __APPLE__
    pthread_setname_np(start.name);
#else
    pthread_setname_np(pthread_self(), start.name);
#endif
    start.body(start.argument);
    return NULL;
}

int pooling_thread_start(const char *name, void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (!start) return 12; // ENOMEM
    start->body = body;
    start->argument = argument;
    strncpy(start->name, name, sizeof start->name - 1);
    start->name[sizeof start->name - 1] = 0;

    // A new thread takes its creator's signal mask: block everything, so that the application's handlers run on its
    // own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int result = pthread_create(&thread, &attributes, trampoline, start);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) free(start);
    return result;
}

void pooling_warn(const char *line) { fprintf(stderr, "swift-pooling: %s\n", line); }
