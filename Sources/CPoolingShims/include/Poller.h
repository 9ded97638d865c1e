// Readiness of sockets, from epoll or kqueue, with one-shot arming. The descriptors are plain integers that the caller
// owns; nothing here keeps state of its own.
#ifndef C_POOLING_POLLER_H
#define C_POOLING_POLLER_H

#include <stdint.h>

#define POOLING_READABLE 1u
#define POOLING_WRITABLE 2u
/// The other side is gone or has said that it sends no more. Reported whether it was asked for or not.
#define POOLING_HUNG_UP 4u

typedef struct {
    /// What the descriptor was armed with.
    uint64_t token;
    uint32_t readiness;
} pooling_ready;

/// What the bell rings with.
#define POOLING_BELL 0xFFFFFFFFFFFFFFFFull

/// Makes a poller and its bell, which any thread may ring to end a wait. Returns 0 or an errno.
int pooling_poller_create(int *poller, int *bell);
/// Closes both.
void pooling_poller_destroy(int poller, int bell);
/// Makes the wait that goes on, or the next one, end at once with POOLING_BELL.
void pooling_poller_ring(int poller, int bell);
/// Takes the ringing back, once it was heard.
void pooling_poller_quiet(int bell);

/// Reports the readiness of `descriptor` once, with this token, level-triggered: at once if it is ready now. Takes the
/// place of an earlier arming. `is_known`: it was probably armed in this poller before. Returns 0 or an errno.
int pooling_poller_arm(int poller, int descriptor, uint32_t interest, uint64_t token, int is_known);
/// Reports with this token that `descriptor` is readable or was hung up: at once if it is so now, and from then on once for
/// each arrival, until it is armed otherwise. What is left unread is not reported again.
int pooling_poller_stand(int poller, int descriptor, uint64_t token, int is_known);
/// Reports that the other side of `descriptor` hangs up, once, whatever else happens to it.
int pooling_poller_watch_hang_up(int poller, int descriptor, uint64_t token);
/// Reports `inner`, another poller, whenever that has something to report.
int pooling_poller_nest(int poller, int inner, uint64_t token);
/// Knows nothing of `descriptor` any more. Before it is closed, since its number is soon somebody else's.
void pooling_poller_forget(int poller, int descriptor);

/// Waits until something is ready, `nanoseconds` at most (less than 0: without end), rounded up to the clock of the
/// system. Returns how many were written to `ready`; 0 for a signal, too.
int pooling_poller_wait(int poller, pooling_ready *ready, int capacity, int64_t nanoseconds);

/// The event loop whose thread this is. NULL elsewhere.
const void *pooling_get_thread_loop(void);
void pooling_set_thread_loop(const void *loop);

#endif
