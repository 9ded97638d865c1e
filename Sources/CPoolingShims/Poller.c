#define _GNU_SOURCE
#include "Poller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static _Thread_local const void *thread_loop = NULL;
const void *pooling_get_thread_loop(void) { return thread_loop; }
void pooling_set_thread_loop(const void *loop) { thread_loop = loop; }

#ifdef __linux__

#include <sys/epoll.h>
#include <sys/eventfd.h>

static int control(int poller, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data.u64 = token};
    return epoll_ctl(poller, operation, descriptor, &event) == 0 ? 0 : errno;
}

int pooling_poller_create(int *poller, int *bell) {
    *poller = epoll_create1(EPOLL_CLOEXEC);
    if (*poller < 0) return errno;
    *bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int failure = *bell < 0 ? errno : control(*poller, EPOLL_CTL_ADD, *bell, EPOLLIN, POOLING_BELL);
    if (failure == 0) return 0;
    if (*bell >= 0) close(*bell);
    close(*poller);
    return failure;
}

void pooling_poller_destroy(int poller, int bell) {
    close(bell);
    close(poller);
}

void pooling_poller_ring(int poller, int bell) {
    (void)poller;
    uint64_t one = 1;
    // Can fail only when it rings already.
    ssize_t written = write(bell, &one, sizeof one);
    (void)written;
}

void pooling_poller_quiet(int bell) {
    uint64_t count;
    ssize_t got = read(bell, &count, sizeof count);
    (void)got;
}

static int add_or_change(int poller, int descriptor, uint32_t events, uint64_t token, int is_known) {
    int failure = control(poller, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, events, token);
    if (failure == ENOENT) return control(poller, EPOLL_CTL_ADD, descriptor, events, token);
    if (failure == EEXIST) return control(poller, EPOLL_CTL_MOD, descriptor, events, token);
    return failure;
}

int pooling_poller_arm(int poller, int descriptor, uint32_t interest, uint64_t token, int is_known) {
    uint32_t events = EPOLLONESHOT | EPOLLRDHUP;
    if (interest & POOLING_READABLE) events |= EPOLLIN;
    if (interest & POOLING_WRITABLE) events |= EPOLLOUT;
    return add_or_change(poller, descriptor, events, token, is_known);
}

int pooling_poller_stand(int poller, int descriptor, uint64_t token, int is_known) {
    // A change looks at the socket, too, edge-triggered or not.
    return add_or_change(poller, descriptor, EPOLLIN | EPOLLRDHUP | EPOLLET, token, is_known);
}

int pooling_poller_watch_hang_up(int poller, int descriptor, uint64_t token) {
    // Edge-triggered, for one report is enough; arriving data, which is not asked for, wakes nobody.
    return control(poller, EPOLL_CTL_ADD, descriptor, EPOLLRDHUP | EPOLLET, token);
}

int pooling_poller_nest(int poller, int inner, uint64_t token) {
    return control(poller, EPOLL_CTL_ADD, inner, EPOLLIN, token);
}

void pooling_poller_forget(int poller, int descriptor) { control(poller, EPOLL_CTL_DEL, descriptor, 0, 0); }

int pooling_poller_wait(int poller, pooling_ready *ready, int capacity, int64_t nanoseconds) {
    struct epoll_event events[64];
    int most = capacity < 64 ? capacity : 64;
    int64_t milliseconds = nanoseconds < 0 ? -1 : nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
    int count = epoll_wait(poller, events, most, milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
    for (int i = 0; i < count; i++) {
        uint32_t found = events[i].events, readiness = 0;
        if (found & EPOLLIN) readiness |= POOLING_READABLE;
        if (found & EPOLLOUT) readiness |= POOLING_WRITABLE;
        if (found & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readiness |= POOLING_HUNG_UP;
        ready[i] = (pooling_ready){.token = events[i].data.u64, .readiness = readiness};
    }
    return count < 0 ? 0 : count;
}

#else

#include <sys/event.h>
#include <sys/time.h>

static int control(int poller, uintptr_t ident, int16_t filter, uint16_t flags, uint32_t fflags, uint64_t token) {
    struct kevent change;
    EV_SET(&change, ident, filter, flags, fflags, 0, (void *)(uintptr_t)token);
    return kevent(poller, &change, 1, NULL, 0, NULL) == 0 ? 0 : errno;
}

int pooling_poller_create(int *poller, int *bell) {
    *poller = kqueue();
    if (*poller < 0) return errno;
    fcntl(*poller, F_SETFD, FD_CLOEXEC);
    *bell = -1;
    int failure = control(*poller, 0, EVFILT_USER, EV_ADD | EV_CLEAR, 0, POOLING_BELL);
    if (failure != 0) close(*poller);
    return failure;
}

void pooling_poller_destroy(int poller, int bell) {
    (void)bell;
    close(poller);
}

void pooling_poller_ring(int poller, int bell) {
    (void)bell;
    control(poller, 0, EVFILT_USER, 0, NOTE_TRIGGER, POOLING_BELL);
}

void pooling_poller_quiet(int bell) { (void)bell; }

int pooling_poller_arm(int poller, int descriptor, uint32_t interest, uint64_t token, int is_known) {
    // One that stands would go on to report.
    if (is_known) control(poller, descriptor, EVFILT_READ, EV_DELETE, 0, 0);
    int failure = 0;
    if (interest & POOLING_READABLE) failure = control(poller, descriptor, EVFILT_READ, EV_ADD | EV_ONESHOT, 0, token);
    if (failure == 0 && interest & POOLING_WRITABLE)
        failure = control(poller, descriptor, EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0, token);
    return failure;
}

int pooling_poller_stand(int poller, int descriptor, uint64_t token, int is_known) {
    if (is_known) control(poller, descriptor, EVFILT_READ, EV_DELETE, 0, 0);
    return control(poller, descriptor, EVFILT_READ, EV_ADD | EV_CLEAR, 0, token);
}

int pooling_poller_watch_hang_up(int poller, int descriptor, uint64_t token) {
    // Data wake it, too: whoever reads the report sees that nobody has hung up.
    return control(poller, descriptor, EVFILT_READ, EV_ADD | EV_CLEAR, 0, token);
}

int pooling_poller_nest(int poller, int inner, uint64_t token) {
    return control(poller, inner, EVFILT_READ, EV_ADD, 0, token);
}

void pooling_poller_forget(int poller, int descriptor) {
    control(poller, descriptor, EVFILT_READ, EV_DELETE, 0, 0);
    control(poller, descriptor, EVFILT_WRITE, EV_DELETE, 0, 0);
}

int pooling_poller_wait(int poller, pooling_ready *ready, int capacity, int64_t nanoseconds) {
    struct kevent events[64];
    int most = capacity < 64 ? capacity : 64;
    struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = kevent(poller, NULL, 0, events, most, nanoseconds < 0 ? NULL : &limit);
    for (int i = 0; i < count; i++) {
        uint32_t readiness = events[i].filter == EVFILT_WRITE ? POOLING_WRITABLE : POOLING_READABLE;
        if (events[i].flags & (EV_EOF | EV_ERROR)) readiness |= POOLING_HUNG_UP;
        ready[i] = (pooling_ready){.token = (uint64_t)(uintptr_t)events[i].udata, .readiness = readiness};
    }
    return count < 0 ? 0 : count;
}

#endif
