// What the engine's benchmark asks of the machine and of the C library.
#ifndef C_ENGINE_PROBE_H
#define C_ENGINE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/// How long (ns) a cache line takes from one processor to another and back: two threads in turn write one word. The
/// median of short bursts, at most `limit` nanoseconds in all. `pinned`: each thread on a processor of its own.
/// Negative if it can't be told: no second processor, no way to pin threads. Infinite if hardly a burst ended in time.
double probe_line_round_trip(bool pinned, int64_t limit);

/// Calls for memory of the whole process are counted from now on.
void probe_allocations_begin(void);
/// How many there were since. Negative where they can't be counted.
int64_t probe_allocations_end(void);

/// Bytes of the heap that are in use. Negative where it can't be told.
int64_t probe_heap_bytes(void);

/// Processor time (ns) that the process has used.
int64_t probe_processor_time(void);

/// How often its threads gave up a processor by themselves: each wake-up of an idle process ends with one.
int64_t probe_sleeps(void);

#endif
