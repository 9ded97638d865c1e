// The cache line's round trip, and what the process has used.

#define _GNU_SOURCE
#include "CEngineProbe.h"
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { bursts = 31, trips = 500 };

struct game {
    _Alignas(128) int32_t turn;
    _Alignas(128) int64_t deadline;
    bool pinned;
};

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/// Moves the calling thread to the n-th of the processors that the process may use.
static bool pin(int n) {
#ifdef __linux__
    cpu_set_t allowed, one;
    if (sched_getaffinity(getpid(), sizeof allowed, &allowed) != 0) return false;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || n-- > 0) continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        return pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0;
    }
#else
    (void)n;
#endif
    return false;
}

/// Waits until it is `mine`, hands over to `theirs`. False when the time is up.
static bool take_turn(struct game *game, int32_t mine, int32_t theirs) {
    for (int64_t looks = 1; __atomic_load_n(&game->turn, __ATOMIC_ACQUIRE) != mine; looks++)
        if (looks % 1024 == 0 && now() > game->deadline) return false;
    __atomic_store_n(&game->turn, theirs, __ATOMIC_RELEASE);
    return true;
}

static void *partner(void *argument) {
    struct game *game = argument;
    if (game->pinned) pin(1);
    for (int i = 0; i < bursts * trips; i++)
        if (!take_turn(game, 1, 0)) break;
    return NULL;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct opener {
    struct game *game;
    double result;
};

static void *opener(void *argument) {
    struct opener *opener = argument;
    double times[bursts];
    int done = 0;
    if (opener->game->pinned && !pin(0)) return NULL;
    // The other thread's first turn says that it has come.
    for (bool inTime = true; inTime && done < bursts; done += inTime) {
        int64_t began = now();
        for (int i = 0; inTime && i < trips; i++) inTime = take_turn(opener->game, 0, 1);
        times[done] = (double)(now() - began) / trips;
    }
    opener->result = INFINITY;
    if (done < 3) return NULL;
    qsort(times, (size_t)done, sizeof times[0], ascending);
    opener->result = times[done / 2];
    return NULL;
}

double probe_line_round_trip(bool pinned, int64_t limit) {
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) return -1;
#ifndef __linux__
    if (pinned) return -1;
#endif
    struct game game = {.turn = 0, .deadline = now() + limit, .pinned = pinned};
    struct opener first = {.game = &game, .result = -1};
    pthread_t threads[2];
    if (pthread_create(&threads[0], NULL, partner, &game) != 0) return -1;
    if (pthread_create(&threads[1], NULL, opener, &first) == 0) pthread_join(threads[1], NULL);
    pthread_join(threads[0], NULL);
    return first.result;
}

int64_t probe_processor_time(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t probe_sleeps(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}
