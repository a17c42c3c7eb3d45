/* pair.h - two stacks in one process, a faulty wire between them, and a virtual clock.
 *
 * For tests of whole conversations.  Everything is decided by one seed: the same seed gives
 * the same trace hash on any compiler. */
#ifndef TESTS_SUPPORT_PAIR_H
#define TESTS_SUPPORT_PAIR_H

#include <stdbool.h>

#include "lull/socket.h"

#include "base/prng.h"

/* Probabilities in parts per thousand. */
struct pair_faults {
    unsigned loss, duplicate, reorder, corrupt;
    lull_duration delay, jitter; /* one way */
    uint64_t lose_nth; /* bit n: lose the n-th frame of the run (first 64), whatever the rest */
};

struct pair_flight;

struct pair {
    struct lull_stack *stack[2]; /* 0 is 10.0.0.1, 1 is 10.0.0.2 */
    void *memory[2];
    lull_time now;
    struct pair_faults faults;
    struct prng prng;
    struct pair_flight *flights; /* on the wire, in no order */
    unsigned flight_count, flight_capacity;
    uint64_t frames, order;
    uint64_t trace_hash; /* over every trace record of both stacks */
    void (*watch)(void *context, int from, const uint8_t *frame, size_t bytes);
    void *watch_context;
};

/* @config NULL: the defaults.  Seeds of the stacks derive from @seed. */
void pair_open(struct pair *p, uint64_t seed, const struct lull_stack_config *config,
               const struct pair_faults *faults);
void pair_close(struct pair *p);

/* Frames and timers until nothing is left to do before @until; the clock ends there, or
 * earlier when @done(context) says so. */
void pair_run(struct pair *p, lull_time until, bool (*done)(void *context), void *context);

/* Carry what is ready now, without letting time pass. */
void pair_flush(struct pair *p);

struct lull_name pair_name(int side, uint16_t port);

/* A listener on @side. */
lull_socket pair_listen(struct pair *p, int side, uint16_t port);

/* A connection from side 0 to a listener of side 1, established at both ends. */
void pair_connect(struct pair *p, lull_socket listener, uint16_t port, lull_socket ends[2]);

#endif
